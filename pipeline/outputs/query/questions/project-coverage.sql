-- title: Projects of budget tables with and without a form
-- question: 13
-- note: Of documents with project rows: those that a form of the same document belongs to, of these those with the same
-- amount (within 100 yuan, by which forms in 万元 are rounded), rows without a form, and projects whose forms have no row. That
-- is coverage, not error: many places publish forms of their largest projects only, or print projects in a table and forms
-- elsewhere. Tables in which groups of projects cannot be told from projects are left out.
WITH rows AS (
    SELECT p.document_id, k.same, k.form_id
    FROM $budget_projects AS p
    LEFT JOIN (SELECT l.budget_table_id, l.budget_row_no, min(f.form_id) AS form_id,
                      bool_or(abs(l.budget_amount - coalesce(f.annual_total, f.lifetime_total)) <= 100) AS same
               FROM links AS l JOIN forms AS f USING (form_id)
               WHERE l.budget_table_id IS NOT NULL GROUP BY ALL) AS k
        ON k.budget_table_id = p.table_id AND k.budget_row_no = p.row_no
), found AS (
    SELECT document_id, count(*) AS rows, count(form_id) AS with_form, count(*) FILTER (same) AS same_amount
    FROM rows GROUP BY ALL
), held AS (
    SELECT f.document_id, count(DISTINCT f.project_key) AS projects,
           count(DISTINCT f.project_key) FILTER (l.budget_table_id IS NOT NULL) AS with_row
    FROM forms AS f JOIN links AS l USING (form_id) GROUP BY ALL
)
SELECT d.region_name AS region, coalesce(d.publisher, d.file_name) AS department, d.fiscal_year, r.rows, r.with_form,
       r.same_amount, r.rows - r.with_form AS without_form, coalesce(h.projects, 0) AS projects,
       coalesce(h.projects - h.with_row, 0) AS without_row
FROM found AS r JOIN documents AS d USING (document_id) LEFT JOIN held AS h USING (document_id)
ORDER BY r.rows DESC, department, d.fiscal_year, d.document_id
