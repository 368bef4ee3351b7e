-- title: High scores with little of the money spent
-- question: 3
-- note: Self-evaluations by the share of the budget (adjusted, else initial) that was spent, the least first. `score` is
-- the sum of the printed scores.
SELECT organ, project_name, fiscal_year, coalesce(amount_adjusted, amount_asked) AS budget, amount_executed AS executed,
       round(100 * amount_executed / coalesce(amount_adjusted, amount_asked), 2) AS executed_percent,
       self_evaluation_score AS score
FROM projects
WHERE self_evaluation_score >= 90 AND coalesce(amount_adjusted, amount_asked) > 0 AND amount_executed IS NOT NULL
ORDER BY executed_percent, organ, project_name
