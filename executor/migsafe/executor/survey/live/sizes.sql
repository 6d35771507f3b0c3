-- One row for each of the relations that is still there: bytes of its rows, of its indexes, and of its TOAST table.
SELECT
    class.oid,
    pg_table_size(class.oid) - coalesce(pg_total_relation_size(nullif(class.reltoastrelid, 0)), 0) AS heap,
    pg_indexes_size(class.oid) AS indexes,
    coalesce(pg_total_relation_size(nullif(class.reltoastrelid, 0)), 0) AS toast
FROM pg_catalog.pg_class AS class
WHERE class.oid = ANY(%(oids)s::oid[]);
