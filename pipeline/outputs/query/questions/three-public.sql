-- title: 三公 of this year against last
-- question: 10
-- note: Overseas travel, reception and vehicles, in yuan. `before` is the year before as the same table prints it, else as
-- the budget of the year before prints it; where neither is there, it is null.
SELECT d.region_name AS region, coalesce(d.publisher, d.file_name) AS department, d.document_kind, d.fiscal_year, p.amount, p.abroad,
       p.reception, p.vehicle, coalesce(b.amount, y.amount) AS before, p.amount - before AS change,
       round(100.0 * change / nullif(before, 0), 1) AS change_rate
FROM $three_public AS p JOIN $budget_documents AS d USING (document_id)
LEFT JOIN $three_public AS b ON b.document_id = p.document_id AND b.stage = p.stage AND b.phase = 'prior_budget'
LEFT JOIN (SELECT o.publisher, o.region_code, o.document_kind, o.fiscal_year, q.amount
           FROM $three_public AS q JOIN $budget_documents AS o USING (document_id)
           WHERE q.phase = 'budget' AND q.stage = 'budget') AS y
    ON y.publisher = d.publisher AND y.region_code IS NOT DISTINCT FROM d.region_code
    AND y.document_kind = d.document_kind AND y.fiscal_year = d.fiscal_year - 1
WHERE p.stage = 'budget' AND p.phase = 'budget'
ORDER BY p.amount DESC NULLS LAST, department, d.fiscal_year
