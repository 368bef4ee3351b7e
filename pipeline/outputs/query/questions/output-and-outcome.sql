-- title: The same indicator as output and as outcome
-- question: 7
-- note: Reviewers ask that an outcome says something that the output does not say already.
WITH twice AS (
    SELECT form_id, level3 FROM indicators
    WHERE level1_code IN ('output', 'outcome') AND level3 IS NOT NULL
    GROUP BY ALL HAVING min(level1_code) <> max(level1_code)
)
SELECT f.project_name, i.level3,
       string_agg(i.level2 || ': ' || coalesce(i.target, ''), ' | ' ORDER BY i.indicator_no) AS printed_as
FROM twice JOIN indicators i USING (form_id, level3) JOIN forms f USING (form_id)
WHERE i.level1_code IN ('output', 'outcome') AND f.duplicate_of IS NULL
GROUP BY i.form_id, f.project_name, i.level3
ORDER BY i.form_id, i.level3
