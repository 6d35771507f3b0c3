-- Returns one row: the numbers of sequences, of views and materialized views, and of functions and procedures (no aggregates) that
-- pg_dump writes, the schemas %(excluded)s left out.
WITH kept AS (
    SELECT oid
    FROM pg_catalog.pg_namespace
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND nspname <> ALL (%(excluded)s::text[])
), relations AS (
    SELECT relkind
    FROM pg_catalog.pg_class AS class
    JOIN kept ON kept.oid = class.relnamespace
    WHERE NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend
        WHERE classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND objid = class.oid AND deptype = 'e'
    )
), functions AS (
    SELECT
    FROM pg_catalog.pg_proc AS proc
    JOIN kept ON kept.oid = proc.pronamespace
    -- 'e': made by an extension. 'i': made by a range type.
    WHERE proc.prokind <> 'a' AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend
        WHERE classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND objid = proc.oid AND deptype IN ('e', 'i')
    )
)
SELECT
    (SELECT count(*) FROM relations WHERE relkind = 'S'),
    (SELECT count(*) FROM relations WHERE relkind IN ('v', 'm')),
    (SELECT count(*) FROM functions)
