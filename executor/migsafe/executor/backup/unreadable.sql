-- Returns schema, quoted name and reason for each relation that pg_dump must read and the current role cannot read in full.
SELECT
    namespace.nspname::text,
    pg_catalog.format('%I.%I', namespace.nspname, class.relname),
    CASE
        WHEN NOT pg_catalog.has_schema_privilege(namespace.oid, 'USAGE') THEN 'no USAGE on its schema'
        WHEN NOT pg_catalog.has_table_privilege(class.oid, 'SELECT') THEN 'no SELECT on it'
        ELSE 'row security hides rows of it'
    END
FROM pg_catalog.pg_class AS class
JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE class.relkind IN ('r', 'p', 'S')
    AND namespace.nspname !~ '^pg_'
    AND namespace.nspname <> 'information_schema'
    AND (
        NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend
            WHERE classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND objid = class.oid AND deptype = 'e'
        )
        -- pg_dump reads those tables of an extension that it registered as its users' data.
        OR EXISTS (SELECT FROM pg_catalog.pg_extension WHERE class.oid = ANY (extconfig))
    )
    AND (
        NOT pg_catalog.has_schema_privilege(namespace.oid, 'USAGE')
        OR NOT pg_catalog.has_table_privilege(class.oid, 'SELECT')
        OR (class.relkind <> 'S' AND pg_catalog.row_security_active(class.oid))
    )
ORDER BY 1, 2
