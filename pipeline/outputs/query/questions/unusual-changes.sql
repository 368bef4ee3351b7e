-- title: Unusual changes against the year before
-- question: 12
-- note: 类 of departments that grew or shrank by half and by at least a million yuan: from a table that prints the budget of
-- the year before (table), or from the budgets of two years that follow each other (documents). What only one of them
-- prints counts as 0 in the other; a duty that moved to another department looks the same as one that ended.
WITH spent AS MATERIALIZED (SELECT * FROM $spending_by_year), changes AS (
    SELECT a.region, a.department, a.fiscal_year, a.code, a.amount, coalesce(b.amount, 0) AS before, 'documents' AS read_from
    FROM spent AS a LEFT JOIN spent AS b
        ON $same_organ AND b.code = a.code AND b.fiscal_year = a.fiscal_year - 1
    WHERE a.follows
    UNION ALL
    SELECT b.region, b.department, b.fiscal_year + 1, b.code, 0, b.amount, 'documents'
    FROM spent AS b LEFT JOIN spent AS a
        ON $same_organ AND b.code = a.code AND b.fiscal_year = a.fiscal_year - 1
    WHERE b.goes_on AND a.code IS NULL
    UNION ALL
    SELECT d.region_name, coalesce(d.publisher, d.file_name), d.fiscal_year, l.code,
           coalesce(max(l.amount) FILTER (l.phase = 'budget'), 0),
           coalesce(max(l.amount) FILTER (l.phase IN ('prior_budget', 'prior_executed')), 0), 'table'
    FROM budget_lines AS l JOIN $budget_documents AS d USING (document_id)
    WHERE l.kind = 'general_expenditure' AND l.level = 1 AND l.classification = 'functional' AND $usual_set
        AND l.table_id IN (SELECT table_id FROM budget_lines WHERE phase IN ('prior_budget', 'prior_executed'))
    GROUP BY d.document_id, d.region_name, d.publisher, d.file_name, d.fiscal_year, l.code
)
SELECT region, department, fiscal_year, name AS function, before, amount, amount - before AS change,
       round(100.0 * (amount - before) / nullif(before, 0), 1) AS change_rate, read_from
FROM changes LEFT JOIN $classes AS c USING (code)
WHERE abs(amount - before) >= 1000000 AND abs(amount - before) >= before / 2
ORDER BY abs(amount - before) DESC, department, fiscal_year, code
