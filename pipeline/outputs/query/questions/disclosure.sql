-- title: What is disclosed, by region
-- question: 9
-- note: Documents that count, those that hold forms, forms a document, and what could not be read because it is an
-- image. When a document was published is not in the document; with `budget-forms fetch`, `first_seen_at` tells when it
-- was first seen, and `source_url` from where.
SELECT coalesce(region_name, '(unknown)') AS region, count(*) AS documents,
       count(*) FILTER (form_count > 0) AS with_forms, sum(form_count) AS forms,
       round(100 * avg((form_count > 0)::INT), 1) AS share_with_forms,
       count(*) FILTER (text_layer <> 'digital') AS with_images, count(*) FILTER (status <> 'ok') AS not_whole,
       min(fiscal_year) AS first_year, max(fiscal_year) AS last_year
FROM documents AS d
WHERE $current_document
GROUP BY ALL
ORDER BY forms DESC, documents DESC, region
