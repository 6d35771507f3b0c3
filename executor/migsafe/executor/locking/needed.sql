-- One row for each named relation that exists: its oid, schema, name, kind, and whether the role may LOCK it.
SELECT
    relation.oid::pg_catalog.int8,
    namespace.nspname::text,
    relation.relname::text,
    relation.relkind IN ('r', 'p') AND pg_catalog.has_table_privilege(
        coalesce(%(role)s::text, current_user::text)::name, relation.oid, 'UPDATE, DELETE, TRUNCATE'
    ) AS lockable,
    pg_catalog.current_setting('is_superuser') = 'on' AS superuser,
    need.mode
FROM unnest(%(names)s::text[], %(modes)s::text[]) WITH ORDINALITY AS need (name, mode, place)
JOIN pg_catalog.pg_class AS relation ON relation.oid = pg_catalog.to_regclass(need.name)
JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = relation.relnamespace
ORDER BY need.place;
