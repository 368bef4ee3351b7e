-- title: Projects found against those that a document announces
-- question: 5
-- note: 绩效目标设置情况 says how many projects have targets, and for how much money. Where most forms are missing they
-- are published as separate files. Of target forms, self-evaluations and narratives the kind with the most forms counts,
-- because one project may have several. Amounts are those of the year.
SELECT d.file_name, d.publisher, d.region_name AS region, d.fiscal_year, d.document_kind,
       d.announced_project_count AS announced, $found_projects AS found,
       round(100.0 * found / announced, 1) AS covered, d.announced_project_amount AS announced_amount,
       $found_amount AS found_amount
FROM $announced
WHERE $announcing
GROUP BY d.document_id, d.file_name, d.publisher, d.region_name, d.fiscal_year, d.document_kind,
         d.announced_project_count, d.announced_project_amount
ORDER BY found DESC, announced DESC, d.document_id
