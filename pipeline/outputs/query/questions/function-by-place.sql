-- title: What places spend on: functions (类) by region
-- question: 12
-- note: The three 类 that departments of a region spend most on, with their share of the spending that was read there. Which
-- departments of a region are in the dataset decides what comes first, so compare regions only where these are the same.
WITH spent AS (
    SELECT d.region_name AS region, d.fiscal_year, c.name, s.document_id, s.amount
    FROM $functional_spending AS s JOIN $budget_documents AS d USING (document_id) LEFT JOIN $classes AS c USING (code)
    WHERE s.stage = 'budget' AND $department_budget
), totals AS (
    SELECT region, fiscal_year, count(DISTINCT document_id) AS departments, sum(amount) AS amount FROM spent GROUP BY ALL
), ranked AS (
    SELECT region, fiscal_year, name, sum(amount) AS spent,
           row_number() OVER (PARTITION BY region, fiscal_year ORDER BY sum(amount) DESC, name) AS place
    FROM spent GROUP BY region, fiscal_year, name
)
SELECT t.region, t.fiscal_year, t.departments, t.amount,
       any_value(r.name) FILTER (r.place = 1) AS first, any_value(round(100.0 * r.spent / t.amount, 1)) FILTER (r.place = 1) AS first_share,
       any_value(r.name) FILTER (r.place = 2) AS second, any_value(round(100.0 * r.spent / t.amount, 1)) FILTER (r.place = 2) AS second_share,
       any_value(r.name) FILTER (r.place = 3) AS third, any_value(round(100.0 * r.spent / t.amount, 1)) FILTER (r.place = 3) AS third_share
FROM totals AS t JOIN ranked AS r
    ON r.region IS NOT DISTINCT FROM t.region AND r.fiscal_year IS NOT DISTINCT FROM t.fiscal_year
GROUP BY t.region, t.fiscal_year, t.departments, t.amount
ORDER BY t.amount DESC, t.region, t.fiscal_year
