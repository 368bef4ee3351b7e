-- title: Largest projects of the budget tables
-- question: 10
-- note: Rows of 项目支出表 and the like that name a project, with their whole amount. Tables whose projects add up to far more
-- than their total are left out, since some of these are groups of others. `form_id` is the performance form of the same
-- project in the document, if there is one.
SELECT d.region_name AS region, coalesce(p.unit_name, d.publisher, d.file_name) AS organ, p.fiscal_year, p.project,
       p.amount, p.page, k.form_id
FROM $budget_projects AS p JOIN $budget_documents AS d USING (document_id)
LEFT JOIN (SELECT budget_table_id, budget_row_no, min(form_id) AS form_id FROM links GROUP BY ALL) AS k
    ON k.budget_table_id = p.table_id AND k.budget_row_no = p.row_no
WHERE p.amount > 0
ORDER BY p.amount DESC, p.table_id, p.row_no
