-- title: Targets that cannot be meant
-- question: 2
-- note: Percentages above 100, a cost that must be at least something, placeholders of an empty template, and a day
-- after the project's end. A percentage above 100 can be right where something grows; look at the page.
WITH odd AS (
    SELECT form_id, level3, target, page, CASE
        WHEN target_unit = '%' AND target_value > 100 THEN 'percentage above 100'
        WHEN (level1_code = 'cost' OR level2_code LIKE '%cost') AND target_operator IN ('>=', '>') THEN 'cost with ≥'
        WHEN target_kind = 'placeholder' THEN 'placeholder'
        WHEN target_date > f.end_date THEN 'day after the end of the project'
        WHEN target_kind = 'empty' THEN 'no target' END AS what
    FROM indicators JOIN forms f USING (form_id)
    WHERE f.duplicate_of IS NULL
)
SELECT what, count(*) AS indicators, count(DISTINCT form_id) AS forms,
       any_value(level3 || ' ' || coalesce(target, '') ORDER BY form_id, page) AS example
FROM odd
WHERE what IS NOT NULL
GROUP BY what
ORDER BY indicators DESC, what
