-- title: x
-- question: 1
-- note: b
SELECT 1
