-- title: What does not add up
-- question: 2
-- note: Errors and warnings by rule; docs/findings.md tells what each means.
SELECT rule, severity, count(*) AS findings, count(DISTINCT document_id) AS documents,
       any_value(message ORDER BY document_id, finding_no) AS example,
       any_value(message_zh ORDER BY document_id, finding_no) AS example_zh
FROM findings
WHERE severity <> 'info'
GROUP BY ALL
ORDER BY findings DESC, rule
