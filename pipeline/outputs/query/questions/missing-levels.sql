-- title: Forms without satisfaction, cost, output or outcome indicators
-- question: 2
-- note: Target forms of projects that have indicators at all. A cost indicator at level 2 below 产出指标 (before 2021)
-- counts as cost. Chongqing prints no levels, so all are missing there.
SELECT coalesce(d.region_name, '(unknown)') AS region, count(*) AS forms,
       count(*) FILTER (NOT satisfaction) AS no_satisfaction, count(*) FILTER (NOT cost) AS no_cost,
       count(*) FILTER (NOT output) AS no_output, count(*) FILTER (NOT outcome) AS no_outcome
FROM (
    SELECT form_id, bool_or(level1_code = 'satisfaction' OR level2_code = 'satisfaction') AS satisfaction,
           bool_or(level1_code = 'cost' OR level2_code LIKE '%cost') AS cost,
           bool_or(level1_code = 'output') AS output, bool_or(level1_code = 'outcome') AS outcome
    FROM indicators GROUP BY form_id
)
JOIN forms f USING (form_id)
JOIN documents d USING (document_id)
WHERE f.form_kind = 'project_target' AND f.duplicate_of IS NULL
GROUP BY ALL
ORDER BY forms DESC, region
LIMIT 12
