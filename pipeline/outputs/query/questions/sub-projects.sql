-- title: Projects that are parts of one
-- question: 8
-- note: Names that share what stands before a dash, within one organ and year (学生资助-…). `blocks` are forms of one
-- name: a project printed with several amounts.
SELECT organ, fiscal_year, regexp_extract(project_name, '^(.{4,}?)[-—－]', 1) AS parent,
       count(DISTINCT project_key) AS parts, sum(len(form_ids) - duplicate_count) AS blocks,
       sum(coalesce(amount_asked, lifetime_total)) AS amount, min(project_name) AS first_part
FROM projects
WHERE parent <> ''
GROUP BY organ_key, organ, fiscal_year, parent
HAVING parts > 1
ORDER BY parts DESC, parent
