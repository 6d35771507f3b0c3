-- One row: which parts of the ledger exist, and whether row level security would hide rows from this role.
SELECT
    EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'migsafe') AS has_schema,
    coalesce(array_agg(relation.relname::text), '{}') AS tables,
    coalesce(bool_or(pg_catalog.row_security_active(relation.oid)), false) AS hidden
FROM pg_catalog.pg_class AS relation
JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = relation.relnamespace
WHERE namespace.nspname = 'migsafe' AND relation.relname IN ('meta', 'ledger') AND relation.relkind = 'r';
