-- One row for each relation of the schemas: its name, kind, rows, bytes, whether row security is on, and owner.
-- A partitioned table has the rows and bytes of its partitions.
SELECT
    namespace.nspname::text AS schema,
    relation.relname::text AS name,
    CASE relation.relkind
        WHEN 'r' THEN 'table'
        WHEN 'p' THEN 'partitioned table'
        WHEN 'v' THEN 'view'
        WHEN 'm' THEN 'materialized view'
        WHEN 'S' THEN 'sequence'
        WHEN 'f' THEN 'foreign table'
        ELSE 'index'
    END AS kind,
    coalesce(size.rows, -1)::bigint AS rows,
    coalesce(size.bytes, 0)::bigint AS bytes,
    relation.relrowsecurity AS row_security,
    pg_get_userbyid(relation.relowner)::text AS owner
FROM pg_class AS relation
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
CROSS JOIN LATERAL (
    -- PG 13 says 0 rows and 0 pages of a table that was never analyzed; later ones say -1 rows.
    SELECT
        sum(nullif(greatest(
            CASE WHEN part.relpages = 0 AND part.reltuples <= 0 THEN -1 ELSE part.reltuples END,
            nullif(pg_stat_get_live_tuples(part.oid), 0)
        ), -1)) AS rows,
        sum(pg_total_relation_size(part.oid)) AS bytes
    FROM unnest(
        CASE relation.relkind
            WHEN 'p' THEN ARRAY(SELECT tree.relid FROM pg_partition_tree(relation.oid) AS tree WHERE tree.isleaf)
            ELSE ARRAY[relation.oid::regclass]
        END
    ) AS leaf (oid)
    JOIN pg_class AS part ON part.oid = leaf.oid
) AS size
WHERE namespace.nspname = ANY(%(schemas)s) AND relation.relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'i', 'I')
ORDER BY 1, 2;
