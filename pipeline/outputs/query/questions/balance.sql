-- title: Whether the totals of a document agree
-- question: 13
-- note: One row a document with the links of its chain. Each is ok, also where numbers are apart by rounding (at most 500
-- yuan), or differs by so many yuan, or missing: one of the two totals is not printed in the usual set of tables. A table that
-- leaves out what is carried over, or left for the next year, agrees where it equals 本年收入合计 or 本年支出合计.
SELECT d.region_name AS region, coalesce(d.publisher, d.file_name) AS department, d.fiscal_year, n.stage,
       n.marks[1] AS income_expenditure, n.marks[2] AS income_table, n.marks[3] AS expenditure_table,
       n.marks[4] AS fiscal_sides, n.marks[5] AS fiscal_parts, n.marks[6] AS basic,
       $chain_state AS chain,
       n.income, n.expenditure, d.source_path
FROM $balances AS n JOIN documents AS d USING (document_id)
ORDER BY array_position(['breaks', 'incomplete', 'closes'], chain), region, department, d.fiscal_year, d.source_path
