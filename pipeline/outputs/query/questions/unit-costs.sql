-- title: Unit costs that goals name
-- question: 6
-- note: Prices a unit as goals print them (每人232.50元, 6元/人/年). `units` is the amount, of the year or else of the whole
-- project, divided by the price; `printed` tells whether just this number stands in the goal or is the target of an
-- indicator, so that price, number and amount agree. Elsewhere the price covers only a part of the amount.
WITH goals AS (
    SELECT form_id, project_name, coalesce(annual_total, lifetime_total) AS amount,
           replace(concat_ws(' ', annual_goal, lifetime_goal), ',', '') AS goal
    FROM forms WHERE duplicate_of IS NULL
), priced AS (
    SELECT *, unnest(regexp_extract_all(goal,
        '每[人名户条间件次张家][^，。；;0-9]{0,4}[0-9]+(?:\.[0-9]+)?万?元|[0-9]+(?:\.[0-9]+)?万?元[/／每][^0-9，。；、;（()）]{1,8}'
    )) AS price
    FROM goals
), counted AS (
    SELECT *, CAST(amount / (TRY_CAST(regexp_extract(price, '[0-9.]+') AS DECIMAL(12, 2))
                             * if(contains(price, '万元'), 10000, 1)) AS DECIMAL(20, 2)) AS units
    FROM priced
)
SELECT DISTINCT c.project_name, c.price, c.amount, c.units,
       coalesce(c.units = floor(c.units) AND (
           regexp_matches(c.goal, '(^|[^0-9.])' || CAST(CAST(c.units AS BIGINT) AS VARCHAR) || '([^0-9.]|$)')
           OR EXISTS (FROM indicators i WHERE i.form_id = c.form_id AND i.target_value = c.units)
       ), false) AS printed
FROM counted c
ORDER BY printed DESC, c.project_name, c.price
