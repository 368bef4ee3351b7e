-- title: Multi-year projects: the whole amount against the amount of the year
-- question: 1
-- note: Only forms that print both. `annual_share` is in percent.
SELECT department, project_name, fiscal_year, start_date, end_date, lifetime_total, annual_total,
       round(100 * annual_total / nullif(lifetime_total, 0), 1) AS annual_share
FROM forms
WHERE lifetime_total <> annual_total AND duplicate_of IS NULL
ORDER BY annual_share, form_id
