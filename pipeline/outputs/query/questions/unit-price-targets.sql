-- title: Prices that indicators promise
-- question: 6
-- note: Targets in 元 a unit (元/人·月), as many projects as promise one, and how far the prices are apart. A
-- day, a person and a month are different units, so only prices of one row can be compared.
SELECT i.target_unit AS unit, count(*) AS indicators, count(DISTINCT f.project_key) AS projects,
       min(i.target_value) AS lowest, quantile_disc(i.target_value, 0.5) AS middle, max(i.target_value) AS highest,
       arg_max(i.level3, i.target_value) AS dearest
FROM indicators i JOIN forms f USING (form_id)
WHERE regexp_matches(i.target_unit, '^万?元[/／每]') AND i.target_value > 0 AND f.duplicate_of IS NULL
GROUP BY ALL
ORDER BY projects DESC, unit
