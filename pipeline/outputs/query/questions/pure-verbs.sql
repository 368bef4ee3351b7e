-- title: Targets that are a verb and no more
-- question: 2
-- note: Targets such as 增强 or 持续提升 in target forms: a direction and no state to be reached. `example` is the name of
-- one such indicator.
SELECT i.target, count(*) AS indicators, count(DISTINCT i.form_id) AS forms, min(i.level3) AS example
FROM indicators AS i JOIN forms AS f USING (form_id)
WHERE $target_form AND $pure_verb
GROUP BY ALL
ORDER BY indicators DESC, i.target
