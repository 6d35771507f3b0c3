-- One row for each relation that a view of the relations reads: the view's number, the relation's name, the columns read.
SELECT
    pg_rewrite.ev_class::bigint AS view,
    namespace.nspname AS "schema of relation",
    relation.relname AS relation,
    coalesce(
        array_agg(attname::text ORDER BY attname COLLATE "C") FILTER (WHERE attname IS NOT NULL), '{}'
    ) AS columns
FROM pg_rewrite
JOIN unnest(%(relations)s::oid[]) AS wanted (oid) ON wanted.oid = pg_rewrite.ev_class
JOIN pg_depend
    ON pg_depend.classid = 'pg_rewrite'::regclass AND pg_depend.objid = pg_rewrite.oid
    AND pg_depend.refclassid = 'pg_class'::regclass AND pg_depend.refobjid <> pg_rewrite.ev_class
JOIN pg_class AS relation ON relation.oid = pg_depend.refobjid
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
LEFT JOIN pg_attribute
    ON attrelid = pg_depend.refobjid AND attnum = pg_depend.refobjsubid AND pg_depend.refobjsubid > 0
WHERE pg_rewrite.rulename = '_RETURN'
GROUP BY 1, 2, 3;
