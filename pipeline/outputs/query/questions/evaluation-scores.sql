-- title: Self-evaluations: scores and execution
-- question: 3
-- note: One row a department and year. `full_marks`: every indicator got its whole weight; `of_them_below_80`: of these,
-- the ones that spent less than 80 % of the adjusted budget, or of the initial one where no other is printed.
WITH money AS (
    SELECT form_id, max(amount) FILTER (scope = 'executed' AND source = 'total') AS executed,
           coalesce(max(amount) FILTER (scope = 'adjusted_budget' AND source = 'total'),
                    max(amount) FILTER (scope = 'initial_budget' AND source = 'total')) AS budget
    FROM funds GROUP BY form_id
), marks AS (
    SELECT form_id, sum(score) AS score, sum(weight) AS weight, bool_and(score = weight) AS full_marks
    FROM indicators GROUP BY form_id HAVING count(score) > 0
)
SELECT f.department, f.fiscal_year, count(*) AS forms,
       round(avg(100 * m.score / nullif(m.weight, 0)), 2) AS average_percent,
       count(*) FILTER (m.full_marks) AS full_marks,
       count(*) FILTER (m.full_marks AND executed < 0.8 * budget) AS of_them_below_80,
       round(100 * sum(executed) / nullif(sum(budget), 0), 2) AS executed_percent
FROM forms f JOIN marks m USING (form_id) LEFT JOIN money USING (form_id)
WHERE f.form_kind = 'self_evaluation' AND f.duplicate_of IS NULL
GROUP BY ALL
ORDER BY forms DESC, department
