-- title: 三公 over the years
-- question: 12
-- note: The budget of each year, from the documents of the years and from what they print of the year before, in yuan; two
-- years at least. Where two documents print a year, that of the year itself counts.
SELECT region, department, year, amount, abroad, reception, vehicle
FROM (
    SELECT d.region_name AS region, d.publisher AS department, d.document_kind,
           d.fiscal_year - (p.phase = 'prior_budget')::INT AS year, p.amount, p.abroad, p.reception, p.vehicle
    FROM $three_public AS p JOIN $budget_documents AS d USING (document_id)
    WHERE p.stage = 'budget' AND p.phase IN ('budget', 'prior_budget') AND d.publisher IS NOT NULL
        AND p.amount IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY d.publisher, d.region_code, d.document_kind, year ORDER BY p.phase) = 1)
QUALIFY count(*) OVER (PARTITION BY department, region, document_kind) > 1
ORDER BY region, department, document_kind, year
