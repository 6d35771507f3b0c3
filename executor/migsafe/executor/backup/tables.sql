-- Returns schema, name and bytes (without indexes) of each ordinary table whose rows pg_dump writes, the schemas %(excluded)s left out.
SELECT namespace.nspname::text, class.relname::text, pg_catalog.pg_table_size(class.oid)
FROM pg_catalog.pg_class AS class
JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE class.relkind = 'r'
    AND namespace.nspname !~ '^pg_'
    AND namespace.nspname <> 'information_schema'
    AND namespace.nspname <> ALL (%(excluded)s::text[])
    -- An extension makes its own tables; what it registers as its users' data is more than we promise.
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend
        WHERE classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND objid = class.oid AND deptype = 'e'
    )
ORDER BY namespace.nspname COLLATE "C", class.relname COLLATE "C"
