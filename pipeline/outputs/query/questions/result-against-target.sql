-- title: How self-evaluations compare results with targets
-- question: 3
-- note: Indicators of self-evaluations. `compared`: target and result are both numbers of one magnitude (not 万 beside
-- units); `exact`, `above` and `below` count those. Below is good where a cost is meant and bad elsewhere. `score_percent`
-- is what was scored of the weights.
SELECT i.level1_code, count(*) AS indicators, count(*) FILTER (NOT numbers) AS in_words,
       count(*) FILTER (numbers) AS compared, count(*) FILTER (numbers AND i.actual_value = i.target_value) AS exact,
       count(*) FILTER (numbers AND i.actual_value > i.target_value) AS above,
       count(*) FILTER (numbers AND i.actual_value < i.target_value) AS below,
       round(100 * sum(i.score) / nullif(sum(i.weight) FILTER (i.score IS NOT NULL), 0), 2) AS score_percent
FROM (
    SELECT *, coalesce(actual_value IS NOT NULL AND target_value IS NOT NULL
        AND regexp_extract(target, '[万亿]') = regexp_extract(actual, '[万亿]'), false) AS numbers
    FROM indicators
) i JOIN forms f USING (form_id)
WHERE f.form_kind = 'self_evaluation' AND f.duplicate_of IS NULL
GROUP BY ALL
ORDER BY indicators DESC, level1_code
