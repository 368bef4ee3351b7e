-- title: Who depends on business income
-- question: 11
-- note: 事业收入 and 事业单位经营收入 as 收支总表 prints them, in percent of 收入总计: schools and hospitals earn, offices do not.
SELECT d.region_name AS region, coalesce(d.publisher, d.file_name) AS department, d.fiscal_year, n.stage,
       sum(l.amount) FILTER (l.fund = 'business') AS business, sum(l.amount) FILTER (l.fund = 'operating') AS operating,
       n.income, round(100.0 * sum(l.amount) / n.income, 1) AS share
FROM budget_lines AS l JOIN $document_totals AS n ON n.document_id = l.document_id AND n.stage = l.stage
JOIN $budget_documents AS d ON d.document_id = l.document_id
WHERE $this_year AND $usual_set AND l.kind = 'income_expenditure' AND l.side = 'income' AND l.classification = 'fund'
    AND l.row_role <> 'of_which' AND l.origin <> 'carryover' AND l.fund IN ('business', 'operating') AND n.income > 0
GROUP BY d.region_name, d.publisher, d.file_name, d.fiscal_year, n.stage, n.income
HAVING sum(l.amount) > 0
ORDER BY share DESC, department, d.fiscal_year
