-- title: Dependence on other than fiscal money
-- question: 11
-- note: 收入总计 less the income of 财政拨款收支总表. Money carried over counts as other where 财政拨款收支总表 leaves it
-- out. `largest` is the greatest of the other sources that 收支总表 prints; null where it prints none, as when all of it is
-- carried over.
SELECT d.region_name AS region, coalesce(d.publisher, d.file_name) AS department, d.fiscal_year, n.stage, n.income,
       n.fiscal_income AS fiscal, n.income - n.fiscal_income AS other,
       round(100.0 * (n.income - n.fiscal_income) / nullif(n.income, 0), 1) AS other_share, s.largest, s.largest_amount
FROM $document_totals AS n JOIN $budget_documents AS d USING (document_id)
LEFT JOIN (
    SELECT l.document_id, l.stage, max_by(l.label, l.amount) AS largest, max(l.amount) AS largest_amount
    FROM budget_lines AS l
    WHERE $this_year AND $usual_set AND l.kind = 'income_expenditure' AND l.side = 'income' AND l.amount > 0
        AND l.classification = 'fund' AND l.fund NOT IN ('total', 'fiscal', 'general_public', 'gov_fund', 'state_capital')
    GROUP BY ALL) AS s ON s.document_id = n.document_id AND s.stage = n.stage
WHERE n.income > 0 AND n.fiscal_income IS NOT NULL
ORDER BY other_share DESC, department, d.fiscal_year
