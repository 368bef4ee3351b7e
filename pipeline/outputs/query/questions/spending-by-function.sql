-- title: Spending by function (类)
-- question: 10
-- note: Budgets of whole departments; final accounts and budgets of units are left out, so nothing is added twice. Rows of
-- 类 of 支出总表; where it prints none, its lowest rows by the first three digits of their code; else the second panel of
-- 收支总表. What is left out for secrecy is in no row.
SELECT s.code, c.name, count(DISTINCT s.document_id) AS departments, sum(s.amount) AS amount,
       round(100.0 * sum(s.amount) / sum(sum(s.amount)) OVER (), 2) AS share
FROM $functional_spending AS s JOIN $budget_documents AS d USING (document_id) LEFT JOIN $classes AS c USING (code)
WHERE s.stage = 'budget' AND $department_budget
GROUP BY ALL
ORDER BY amount DESC, s.code
