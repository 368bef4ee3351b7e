-- title: Forms without satisfaction, cost, output or outcome indicators
-- question: 2
-- note: Target forms of projects that have indicators at all. A cost indicator at level 2 below 产出指标 (before 2021)
-- counts as cost. Chongqing prints no levels, so all are missing there. `no_number`: no target is a number, a range or a
-- frequency.
SELECT coalesce(d.region_name, '(unknown)') AS region, count(*) AS forms,
       count(*) FILTER (NOT satisfaction) AS no_satisfaction, count(*) FILTER (NOT cost) AS no_cost,
       count(*) FILTER (NOT output) AS no_output, count(*) FILTER (NOT outcome) AS no_outcome,
       count(*) FILTER (NOT quantitative) AS no_number
FROM $levels_of_forms AS q JOIN forms AS f USING (form_id) JOIN documents AS d USING (document_id)
WHERE $project_target_form
GROUP BY ALL
ORDER BY forms DESC, region
