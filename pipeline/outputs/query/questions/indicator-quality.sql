-- title: Quality of indicators by region
-- question: 2
-- note: Shares in percent of the indicators of target forms; forms that repeat another one are left out. `quantitative`:
-- the target is a number, a range or a frequency; `with_operator_and_unit`: both are printed; `pure_verb`: a direction
-- and no state to be reached, such as 提升 or 持续增强.
SELECT coalesce(d.region_name, '(unknown)') AS region, count(*) AS indicators,
       round(100.0 * count(*) FILTER (WHERE $quantitative) / count(*), 1) AS quantitative,
       round(100.0 * count(*) FILTER (WHERE $with_operator_and_unit) / count(*), 1) AS with_operator_and_unit,
       round(100.0 * count(*) FILTER (WHERE $in_words) / count(*), 1) AS qualitative,
       round(100.0 * count(*) FILTER (WHERE $pure_verb) / count(*), 2) AS pure_verb
FROM indicators AS i JOIN forms AS f USING (form_id) JOIN documents AS d USING (document_id)
WHERE $target_form
GROUP BY ALL
ORDER BY indicators DESC, region
