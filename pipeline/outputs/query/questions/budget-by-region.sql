-- title: Budget of projects by region and year
-- question: 1
-- note: `asked` is what the target form, the self-evaluation or the narrative asks for in the year; `lifetime` is for
-- the whole project and stands beside it, never in the same sum. Forms that repeat another one count once. Beijing
-- prints 项目总额 alone, so its projects have a lifetime amount and no amount of the year.
SELECT coalesce(d.region_name, '(unknown)') AS region, p.fiscal_year, count(*) AS projects,
       count(p.amount_asked) AS with_annual, sum(p.amount_asked) AS asked,
       count(p.lifetime_total) AS with_lifetime, sum(p.lifetime_total) AS lifetime
FROM $projects
GROUP BY ALL
ORDER BY projects DESC, region, p.fiscal_year
