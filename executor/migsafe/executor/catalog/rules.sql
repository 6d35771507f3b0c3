-- One row for each rewrite rule of the relations but the one that makes a view.
SELECT
    pg_rewrite.oid::bigint,
    pg_rewrite.ev_class::bigint AS relation,
    pg_rewrite.rulename AS name,
    CASE pg_rewrite.ev_enabled
        WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' ELSE 'origin'
    END AS enabled,
    pg_get_ruledef(pg_rewrite.oid) AS definition
FROM pg_rewrite
JOIN unnest(%(relations)s::oid[]) AS wanted (oid) ON wanted.oid = pg_rewrite.ev_class
WHERE pg_rewrite.rulename <> '_RETURN';
