-- title: Total by department and year
-- question: 10
-- note: Totals that a document prints, in yuan: 收入总计 and 支出总计 with what is carried over, the parts of fiscal money, and
-- basic spending and projects of 支出总表. Null where no table prints such a total; an empty table of a fund prints none.
SELECT d.region_name AS region, coalesce(d.publisher, d.file_name) AS department, d.document_kind, d.fiscal_year, n.stage,
       coalesce(n.income, n.income_table) AS income, coalesce(n.expenditure, n.expenditure_table) AS expenditure,
       n.general_public, n.gov_fund, n.state_capital, n.basic, n.project
FROM $document_totals AS n JOIN $budget_documents AS d USING (document_id)
ORDER BY expenditure DESC NULLS LAST, department, d.fiscal_year
