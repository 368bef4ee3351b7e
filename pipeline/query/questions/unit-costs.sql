-- title: Unit costs that goals name
-- question: 6
-- note: Prices a unit as goals print them (232.50元×2000人, 1200元/人). `product` is price times number where the goal
-- prints both, to hold against `amount`, that of the year or else of the whole project.
WITH goals AS (
    SELECT form_id, project_name, department, coalesce(annual_total, lifetime_total) AS amount,
           replace(unnest([coalesce(annual_goal, lifetime_goal)]), ',', '') AS goal
    FROM forms WHERE form_kind = 'project_target' AND duplicate_of IS NULL
), priced AS (
    SELECT *, regexp_extract(goal, '([0-9.]+)(万?元)(?:[/每]([^0-9，。、；,;)）*×xX=]{1,6}))?(?:[*×xX]([0-9.]+)([^0-9，。、；=＝*×]{1,4})?)?',
           ['price', 'money', 'per', 'number', 'unit']) AS found
    FROM goals
    WHERE regexp_matches(goal, '[0-9.]+万?元(/|[*×xX][0-9])')
)
SELECT project_name, found.price || found.money || coalesce('/' || nullif(found.per, ''), '') AS price,
       nullif(found.number || found.unit, '') AS number,
       TRY_CAST(found.price AS DECIMAL(18, 2)) * TRY_CAST(found.number AS DECIMAL(12, 0))
           * if(found.money = '万元', 10000, 1) AS product,
       amount
FROM priced
WHERE found.per <> '' OR found.number <> ''
ORDER BY product IS NULL, form_id
LIMIT 10
