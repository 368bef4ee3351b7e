-- title: Projects in several years, and the change of what they ask for
-- question: 1
-- note: The same project is known again by its `project_key`. A change needs an amount in both of two years that follow
-- each other; a change that is null means that one of the two documents is missing or prints no amount of the year.
SELECT organ, project_name, fiscal_year, amount_asked, amount_change, amount_change_rate,
       amount_adjusted, amount_executed
FROM projects
WHERE project_key IN (SELECT project_key FROM projects GROUP BY ALL HAVING count(DISTINCT fiscal_year) > 1)
ORDER BY organ, project_key, fiscal_year
