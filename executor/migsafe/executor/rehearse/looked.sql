-- Two results. First one row: WAL position in bytes, and how many rows of each system table this transaction has written so
-- far, and deleted, as JSON by table. Then one row for each relation of users that this session has locked: object id, schema,
-- name, kind (null where it was dropped), table of an index, storage file, scans so far, and the modes held.
SELECT
    pg_catalog.pg_current_wal_insert_lsn() - '0/0'::pg_catalog.pg_lsn,
    (
        SELECT pg_catalog.json_object_agg(
            catalog.name,
            ARRAY[
                pg_catalog.pg_stat_get_xact_tuples_inserted(catalog.id) + pg_catalog.pg_stat_get_xact_tuples_updated(catalog.id),
                pg_catalog.pg_stat_get_xact_tuples_deleted(catalog.id)
            ]
        )
        FROM (
            SELECT oid AS id, relname AS name FROM pg_catalog.pg_class
            WHERE relnamespace = 'pg_catalog'::pg_catalog.regnamespace AND relkind = 'r' AND relname = ANY(ARRAY[
                'pg_class', 'pg_attribute', 'pg_attrdef', 'pg_constraint', 'pg_index', 'pg_trigger', 'pg_policy', 'pg_rewrite',
                'pg_inherits', 'pg_sequence', 'pg_statistic_ext', 'pg_partitioned_table', 'pg_description', 'pg_depend',
                'pg_namespace', 'pg_proc', 'pg_aggregate', 'pg_type', 'pg_enum', 'pg_range', 'pg_extension', 'pg_publication',
                'pg_publication_rel', 'pg_publication_namespace', 'pg_event_trigger', 'pg_default_acl', 'pg_cast',
                'pg_collation', 'pg_operator', 'pg_opclass', 'pg_opfamily', 'pg_ts_config', 'pg_ts_dict',
                'pg_foreign_data_wrapper', 'pg_foreign_server', 'pg_user_mapping', 'pg_foreign_table'
            ]::pg_catalog.name[])
        ) AS catalog
    );
SELECT
    held.relation::bigint,
    namespace.nspname,
    relation.relname,
    relation.relkind::text,
    relation.relpersistence = 't',
    index.indrelid::bigint,
    relation.relfilenode::bigint,
    pg_catalog.pg_stat_get_xact_numscans(held.relation),
    held.modes
FROM (
    SELECT relation, pg_catalog.array_agg(mode) AS modes FROM pg_catalog.pg_locks
    WHERE locktype = 'relation' AND pid = pg_catalog.pg_backend_pid() AND granted AND relation::bigint >= 16384
    GROUP BY relation
) AS held
LEFT JOIN pg_catalog.pg_class AS relation ON relation.oid = held.relation
LEFT JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = relation.relnamespace
LEFT JOIN pg_catalog.pg_index AS index ON index.indexrelid = held.relation
WHERE relation.relkind IS DISTINCT FROM 't'
