-- title: Quality of indicators by region
-- question: 2
-- note: Shares in percent of the indicators of target forms. `quantitative`: the target is a number, a range or a
-- frequency; `with_operator_and_unit`: both are printed; `pure_verb`: nothing but a direction such as 提升 or 增强.
SELECT coalesce(d.region_name, '(unknown)') AS region, count(*) AS indicators,
       round(100 * avg((target_kind IN ('numeric', 'range', 'frequency'))::INT), 1) AS quantitative,
       round(100 * avg((target_operator IS NOT NULL AND target_unit IS NOT NULL)::INT), 1) AS with_operator_and_unit,
       round(100 * avg((target_kind = 'qualitative')::INT), 1) AS qualitative,
       round(100 * avg(coalesce(regexp_full_match(target,
           '(有效|显著|明显|不断|持续|逐步|逐年|进一步|有所|较上年)?(增强|提升|提高|改善|促进|加强|保障|推动|降低|减少|增长|优化|完善)'
       ), false)::INT), 2) AS pure_verb
FROM indicators
JOIN forms f USING (form_id)
JOIN documents d USING (document_id)
WHERE f.form_kind IN ('project_target', 'department_overall') AND f.duplicate_of IS NULL
GROUP BY ALL
ORDER BY indicators DESC, region
LIMIT 12
