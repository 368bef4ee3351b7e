-- title: The same indicator as output and as outcome
-- question: 7
-- note: Reviewers ask that an outcome says something that the output does not say already.
SELECT f.project_name, i.level3,
       string_agg(i.level2 || ': ' || coalesce(i.target, ''), ' | ' ORDER BY i.indicator_no) AS printed_as
FROM indicators i JOIN forms f USING (form_id)
WHERE i.level1_code IN ('output', 'outcome') AND i.level3 IS NOT NULL AND f.duplicate_of IS NULL
GROUP BY i.form_id, f.project_name, i.level3
HAVING count(DISTINCT i.level1_code) = 2
ORDER BY i.form_id, i.level3
LIMIT 10
