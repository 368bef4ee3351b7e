-- title: Budget against executed
-- question: 12
-- note: Final accounts: expenditure (支出总计) beside the budget of the same organ and year, where the dataset holds it, or
-- beside the budget that the accounts themselves print; and 三公 as budgeted and as spent.
SELECT d.region_name AS region, coalesce(d.publisher, d.file_name) AS department, d.fiscal_year,
       coalesce(i.printed, b.expenditure) AS budget, n.expenditure AS executed,
       round(100.0 * executed / nullif(coalesce(i.printed, b.expenditure), 0), 1) AS executed_share,
       p.amount AS three_public_budget, q.amount AS three_public_executed,
       round(100.0 * q.amount / nullif(p.amount, 0), 1) AS three_public_share
FROM $document_totals AS n JOIN $budget_documents AS d USING (document_id)
LEFT JOIN (
    SELECT o.publisher, o.region_code, o.fiscal_year, max(m.expenditure) AS expenditure
    FROM $document_totals AS m JOIN $budget_documents AS o USING (document_id) WHERE m.stage = 'budget' GROUP BY ALL) AS b
    ON b.publisher = d.publisher AND b.region_code IS NOT DISTINCT FROM d.region_code AND b.fiscal_year = d.fiscal_year
LEFT JOIN (
    SELECT l.document_id, max(l.amount) AS printed FROM budget_lines AS l
    WHERE l.stage = 'final_accounts' AND l.kind = 'income_expenditure' AND l.side = 'expenditure' AND l.row_role = 'total'
        AND l.phase IN ('budget', 'initial_budget', 'adjusted_budget') GROUP BY ALL) AS i ON i.document_id = d.document_id
LEFT JOIN $three_public AS p ON p.document_id = d.document_id AND p.stage = n.stage AND p.phase = 'budget'
LEFT JOIN $three_public AS q ON q.document_id = d.document_id AND q.stage = n.stage AND q.phase = 'executed'
WHERE n.stage = 'final_accounts'
ORDER BY n.expenditure DESC NULLS LAST, department, d.fiscal_year
