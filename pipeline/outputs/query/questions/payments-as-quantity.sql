-- title: Quantity indicators that are rates of payment or progress
-- question: 7
-- note: 数量指标 should count what is produced. A rate of payment, execution or arrival of the money says that it was
-- spent.
SELECT i.level3, count(*) AS indicators, count(DISTINCT f.form_id) AS forms, min(i.target) AS target,
       any_value(f.project_name ORDER BY i.form_id) AS example
FROM indicators i JOIN forms f USING (form_id)
WHERE i.level2_code = 'quantity' AND regexp_matches(i.level3, '(支付|支出|拨付|发放|执行|到位|使用)(完成|及时|准确)?率|(执行|支出)进度')
    AND f.duplicate_of IS NULL
GROUP BY i.level3
ORDER BY indicators DESC, i.level3
