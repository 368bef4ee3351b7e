-- title: Procurement reserved for small firms
-- question: 10
-- note: The greatest numbers of the memo columns of 支出总表 (政府采购, of which for 中小企业, of which for 小微企业), which are
-- those of its total row; procurement else from the total row of the table of procurement. Few places print what is
-- reserved; where they do not, it is null, not 0.
SELECT d.region_name AS region, coalesce(d.publisher, d.file_name) AS department, d.fiscal_year,
       coalesce(max(l.amount) FILTER (l.use = 'procurement'),
                max(l.amount) FILTER (l.kind = 'procurement' AND l.row_role = 'total')) AS procurement,
       max(l.amount) FILTER (l.use = 'procurement_sme') AS small_and_medium,
       max(l.amount) FILTER (l.use = 'procurement_small') AS small,
       round(100.0 * small_and_medium / nullif(procurement, 0), 1) AS share
FROM budget_lines AS l JOIN $budget_documents AS d USING (document_id)
WHERE $this_year AND (l.kind = 'procurement' OR l.use IN ('procurement', 'procurement_sme', 'procurement_small'))
GROUP BY d.document_id, d.region_name, d.publisher, d.file_name, d.fiscal_year
HAVING procurement > 0 OR small_and_medium > 0
ORDER BY small_and_medium DESC NULLS LAST, procurement DESC NULLS LAST, department, d.fiscal_year
