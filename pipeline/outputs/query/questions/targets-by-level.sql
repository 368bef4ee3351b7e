-- title: Kinds of targets by level 1
-- question: 2
-- note: Indicators of target forms; forms that repeat another one are left out. A number or a date can be checked, words
-- hardly.
SELECT i.level1_code AS level1, count(*) AS indicators, count(*) FILTER (WHERE $quantitative) AS number,
       count(*) FILTER (WHERE $date) AS date, count(*) FILTER (WHERE $in_words) AS words,
       count(*) FILTER (WHERE $not_filled_in) AS not_filled_in
FROM indicators AS i JOIN forms AS f USING (form_id)
WHERE $target_form
GROUP BY ALL
ORDER BY indicators DESC, level1
