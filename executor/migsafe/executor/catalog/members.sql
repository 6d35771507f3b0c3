-- One row for each object that may need another or be needed: its catalog and number, kind, name, a function's arguments.
-- Relations and types are there for all schemas, functions for those asked for.
SELECT
    'pg_class' AS class,
    pg_class.oid::bigint,
    CASE relkind
        WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'p' THEN 'partitioned table'
        WHEN 'f' THEN 'foreign table' WHEN 'S' THEN 'sequence' WHEN 'c' THEN 'composite type'
        WHEN 'i' THEN 'index' WHEN 'I' THEN 'index' ELSE 'table'
    END AS kind,
    nspname AS "schema of name",
    relname AS name,
    NULL AS arguments
FROM pg_class
JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE pg_class.oid >= 16384 AND relkind <> 't'
UNION ALL
SELECT
    'pg_proc', pg_proc.oid::bigint,
    CASE prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END,
    nspname, proname, pg_get_function_identity_arguments(pg_proc.oid)
FROM pg_proc
JOIN pg_namespace ON pg_namespace.oid = pronamespace
WHERE
    pg_proc.oid >= 16384 AND nspname = ANY(%(schemas)s)
    -- Neither of an extension nor made along with a range type.
    AND NOT EXISTS (
        SELECT FROM pg_depend
        WHERE classid = 'pg_proc'::regclass AND objid = pg_proc.oid AND deptype IN ('e', 'i')
    )
UNION ALL
-- An array type stands for its element, a row type for its relation.
SELECT
    'pg_type', type.oid::bigint,
    CASE
        WHEN relkind IN ('r', 'f') THEN CASE relkind WHEN 'f' THEN 'foreign table' ELSE 'table' END
        WHEN relkind = 'p' THEN 'partitioned table'
        WHEN relkind = 'v' THEN 'view'
        WHEN relkind = 'm' THEN 'materialized view'
        WHEN relkind = 'c' THEN 'composite type'
        WHEN shown.typtype = 'e' THEN 'enum'
        WHEN shown.typtype = 'd' THEN 'domain'
        ELSE 'range'
    END,
    nspname, shown.typname, NULL
FROM pg_type AS type
JOIN pg_type AS shown ON shown.oid = CASE WHEN type.typcategory = 'A' THEN type.typelem ELSE type.oid END
JOIN pg_namespace ON pg_namespace.oid = shown.typnamespace
LEFT JOIN pg_class ON pg_class.oid = shown.typrelid
WHERE type.oid >= 16384 AND nspname = ANY(%(schemas)s) AND shown.typtype IN ('c', 'e', 'd', 'r')
UNION ALL
SELECT 'pg_publication', oid::bigint, 'publication', NULL, pubname, NULL FROM pg_publication;
