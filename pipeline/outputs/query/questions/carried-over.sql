-- title: Money carried over from earlier years
-- question: 11
-- note: 上年结转 of the total row of 收入总表; where it has no such column, 收入总计 less 本年收入合计 of 收支总表, which
-- counts the use of other surpluses too.
SELECT d.region_name AS region, coalesce(d.publisher, d.file_name) AS department, d.fiscal_year, n.stage,
       coalesce(n.income, n.income_table) AS income, coalesce(c.amount, n.income - n.current_income) AS carried_over,
       round(100.0 * carried_over / nullif(coalesce(n.income, n.income_table), 0), 1) AS share,
       CASE WHEN c.amount IS NULL THEN 'difference' ELSE 'column' END AS read_from
FROM $document_totals AS n JOIN $budget_documents AS d USING (document_id)
LEFT JOIN (
    SELECT l.document_id, l.stage, max(l.amount) AS amount FROM budget_lines AS l
    WHERE $this_year AND $usual_set AND l.kind = 'income' AND l.row_role = 'total' AND l.origin = 'carryover'
        AND l.fund = 'total'
    GROUP BY ALL) AS c ON c.document_id = n.document_id AND c.stage = n.stage
WHERE carried_over IS NOT NULL
ORDER BY carried_over DESC, department, d.fiscal_year
