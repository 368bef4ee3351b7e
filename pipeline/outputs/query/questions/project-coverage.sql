-- title: Projects of budget tables with and without a form
-- question: 13
-- note: Of documents with project rows and performance forms: rows that a form of the same document belongs to, of these
-- those with the same amount, rows without a form, and projects whose forms have no row. That is coverage, not error: many
-- places publish forms of their largest projects only, or print projects in a table and forms elsewhere.
WITH rows AS (
    SELECT p.document_id, p.amount, k.amount AS form_amount, k.form_id
    FROM $budget_projects AS p
    LEFT JOIN (SELECT l.budget_table_id, l.budget_row_no, min(f.form_id) AS form_id,
                      any_value(p.amount_asked) AS amount
               FROM links AS l JOIN forms AS f USING (form_id)
               JOIN projects AS p ON p.project_key = l.project_key AND p.fiscal_year IS NOT DISTINCT FROM l.fiscal_year
               WHERE l.budget_table_id IS NOT NULL GROUP BY ALL) AS k
        ON k.budget_table_id = p.table_id AND k.budget_row_no = p.row_no
), found AS (
    SELECT document_id, count(*) AS rows, count(form_id) AS with_form, count(*) FILTER (form_amount = amount) AS same_amount
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
