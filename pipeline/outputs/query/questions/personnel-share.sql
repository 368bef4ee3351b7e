-- title: Personnel share of basic spending
-- question: 10
-- note: 人员经费 and 公用经费 of the total row of 一般公共预算基本支出表, else of 一般公共预算支出表. The share of
-- personnel says how much of a department's running costs is pay.
SELECT d.region_name AS region, coalesce(d.publisher, d.file_name) AS department, d.fiscal_year, n.stage,
       n.personnel, n.public_expenses, n.personnel + n.public_expenses AS basic,
       round(100.0 * n.personnel / nullif(n.personnel + n.public_expenses, 0), 1) AS personnel_share
FROM $document_totals AS n JOIN $budget_documents AS d USING (document_id)
WHERE n.personnel + n.public_expenses > 0
ORDER BY personnel_share DESC, department, d.fiscal_year
