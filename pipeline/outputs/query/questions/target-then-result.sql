-- title: What was aimed at, what the self-evaluation says was aimed at, and what was reached
-- question: 3
-- note: The target form and the self-evaluation of one project and year, indicator by indicator. It needs both
-- documents: the budget of a year, and the final accounts that are published in the autumn of the next.
SELECT t.project_name, t.fiscal_year, a.level3, a.target, b.target AS target_in_evaluation,
       a.target IS DISTINCT FROM b.target AS changed, b.actual, b.weight, b.score
FROM forms t
JOIN forms e ON e.project_key = t.project_key AND e.fiscal_year = t.fiscal_year AND e.form_kind = 'self_evaluation'
JOIN indicators a ON a.form_id = t.form_id
JOIN indicators b ON b.form_id = e.form_id AND b.level3 = a.level3
WHERE t.form_kind = 'project_target' AND t.duplicate_of IS NULL AND e.duplicate_of IS NULL
ORDER BY t.form_id, a.indicator_no
