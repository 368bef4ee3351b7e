-- title: Targets that were missed and got full marks
-- question: 3
-- note: Indicators of self-evaluations whose printed result is on the wrong side of the printed target, and whose score
-- is the whole weight. Without a printed sign a target counts as missed where less was reached, but for costs. Compare
-- with the page: a result may be printed in another unit than its target.
SELECT f.project_name, i.level3, i.target, i.actual, i.weight, i.score, i.page
FROM indicators i JOIN forms f USING (form_id)
WHERE i.score = i.weight AND i.weight > 0 AND i.actual <> i.target AND f.duplicate_of IS NULL
    AND regexp_extract(i.target, '[万亿]') = regexp_extract(i.actual, '[万亿]')
    AND CASE coalesce(i.target_operator, '=')
        WHEN '>=' THEN i.actual_value < i.target_value
        WHEN '>' THEN i.actual_value <= i.target_value
        WHEN '<=' THEN i.actual_value > i.target_value
        WHEN '<' THEN i.actual_value >= i.target_value
        WHEN '=' THEN i.actual_value < i.target_value AND coalesce(i.level2_code, '') NOT LIKE '%cost' END
ORDER BY i.form_id, i.indicator_no
