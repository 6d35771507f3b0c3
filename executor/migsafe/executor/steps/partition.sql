-- At most one row: whether the detachment of the partition is pending (PostgreSQL 14 and later know that), and both names.
SELECT
    coalesce((pg_catalog.to_jsonb(link) ->> 'inhdetachpending')::boolean, false),
    parent_schema.nspname::text,
    parent.relname::text,
    part_schema.nspname::text,
    part.relname::text
FROM pg_catalog.pg_inherits AS link
JOIN pg_catalog.pg_class AS parent ON parent.oid = link.inhparent
JOIN pg_catalog.pg_namespace AS parent_schema ON parent_schema.oid = parent.relnamespace
JOIN pg_catalog.pg_class AS part ON part.oid = link.inhrelid
JOIN pg_catalog.pg_namespace AS part_schema ON part_schema.oid = part.relnamespace
WHERE link.inhparent = pg_catalog.to_regclass(%(parent)s) AND link.inhrelid = pg_catalog.to_regclass(%(partition)s);
