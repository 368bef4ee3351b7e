-- title: Departments and units that ask for most
-- question: 1
-- note: Amounts of the year by organ: the implementing unit, else the department, else the publisher.
SELECT organ, fiscal_year, count(*) AS projects, sum(amount_asked) AS asked,
       max_by(project_name, amount_asked) AS largest, max(amount_asked) AS largest_amount
FROM projects
WHERE amount_asked IS NOT NULL
GROUP BY organ_key, organ, fiscal_year
ORDER BY asked DESC, organ, fiscal_year
