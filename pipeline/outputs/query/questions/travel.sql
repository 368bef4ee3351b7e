-- title: Travel (30211 差旅费) by department
-- question: 10
-- note: The lowest rows below 30211 of 一般公共预算基本支出表, so travel of projects is not in it; by head it cannot be told,
-- because tables print no staff.
SELECT d.region_name AS region, coalesce(d.publisher, d.file_name) AS department, d.fiscal_year, t.stage,
       sum(t.amount) AS travel, n.public_expenses, round(100.0 * sum(t.amount) / nullif(n.public_expenses, 0), 1) AS share
FROM (
    SELECT l.document_id, l.stage, l.table_id, l.row_no, l.panel, arg_min(l.amount, l.column_no) AS amount
    FROM budget_lines AS l
    WHERE $this_year AND $usual_set AND l.kind = 'general_basic' AND l.economic_department_code LIKE '30211%'
        AND l.is_leaf IS NOT FALSE AND l.use IN ('basic', 'basic_public', 'total')
    GROUP BY l.document_id, l.stage, l.table_id, l.row_no, l.panel
    QUALIFY l.table_id = min(l.table_id) OVER (PARTITION BY l.document_id, l.stage)) AS t
JOIN $budget_documents AS d USING (document_id)
LEFT JOIN $document_totals AS n ON n.document_id = t.document_id AND n.stage = t.stage
GROUP BY d.region_name, d.publisher, d.file_name, d.fiscal_year, t.stage, n.public_expenses
ORDER BY travel DESC, department, d.fiscal_year
