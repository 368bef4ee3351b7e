-- title: The same indicator and target in many projects
-- question: 4
-- note: Counted by project, not by form; `share` is the percent of all projects with indicators in the documents where
-- the indicator stands, `documents` how many those are.
WITH rows AS (
    SELECT i.level3, i.target, f.project_key, f.document_id
    FROM indicators i JOIN forms f USING (form_id)
    WHERE f.form_kind = 'project_target' AND f.duplicate_of IS NULL AND i.level3 IS NOT NULL
), projects_of AS (SELECT document_id, count(DISTINCT project_key) AS projects FROM rows GROUP BY 1),
standing AS (
    SELECT level3, target, document_id, count(DISTINCT project_key) AS projects FROM rows GROUP BY ALL
)
SELECT s.level3, s.target, sum(s.projects) AS projects, count(*) AS documents,
       round(100 * sum(s.projects) / sum(p.projects), 1) AS share
FROM standing s JOIN projects_of p USING (document_id)
GROUP BY ALL
HAVING sum(s.projects) > 1
ORDER BY projects DESC, level3, target
