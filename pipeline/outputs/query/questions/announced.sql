-- title: Forms found against the projects that a document announces
-- question: 5
-- note: 绩效目标设置情况 says how many projects have targets, and for how much money. Where most forms are missing they
-- are published as separate files. Amounts of the forms are those of the year, else those of the whole project.
SELECT d.publisher, d.fiscal_year, d.document_kind, d.announced_project_count AS announced, count(f.form_id) AS found,
       d.announced_project_amount AS announced_amount,
       sum(coalesce(f.annual_total, f.annual_fiscal, f.lifetime_total)) AS found_amount
FROM documents d
LEFT JOIN forms f ON f.document_id = d.document_id AND f.form_kind IN ('project_target', 'project_narrative')
    AND f.duplicate_of IS NULL
WHERE d.announced_project_count > 0 AND d.superseded_by IS NULL
GROUP BY d.document_id, d.publisher, d.fiscal_year, d.document_kind, d.announced_project_count, d.announced_project_amount
ORDER BY found DESC, announced DESC, d.document_id
LIMIT 15
