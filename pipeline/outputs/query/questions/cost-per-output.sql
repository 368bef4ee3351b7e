-- title: Money for each unit of output
-- question: 6
-- note: Projects with a single quantity indicator in whole persons, and an amount: what one of them costs. Rough: an
-- indicator need not cover all that the money is for.
SELECT f.project_name, f.fiscal_year, coalesce(f.annual_total, f.lifetime_total) AS amount,
       if(f.annual_total IS NULL, 'lifetime', 'annual') AS scope, i.level3, i.target,
       CAST(coalesce(f.annual_total, f.lifetime_total) / i.target_value AS DECIMAL(20, 2)) AS yuan_each
FROM forms f
JOIN indicators i USING (form_id)
WHERE i.level2_code = 'quantity' AND i.target_unit IN ('人', '人次', '名', '户') AND i.target_value > 0
    AND f.form_kind = 'project_target' AND f.duplicate_of IS NULL AND coalesce(f.annual_total, f.lifetime_total) > 0
    AND (SELECT count(*) FROM indicators o WHERE o.form_id = f.form_id AND o.level2_code = 'quantity') = 1
ORDER BY yuan_each DESC, f.form_id
