-- One row for each place that is asked for, in order: whether it is there, rows and bytes by the statistics (a column's by their width).
SELECT
    relation.oid IS NOT NULL AND (wanted.hidden IS NULL OR attribute.attname IS NOT NULL) AS there,
    coalesce(greatest(relation.reltuples, stat.n_live_tup, 0), 0)::bigint AS rows,
    CASE
        WHEN relation.oid IS NULL THEN 0
        WHEN wanted.hidden IS NULL THEN pg_catalog.pg_total_relation_size(relation.oid)
        ELSE (greatest(relation.reltuples, stat.n_live_tup, 0) * coalesce(width.avg_width, 0))::bigint
    END AS bytes
FROM unnest(%(tables)s::text[], %(columns)s::text[]) WITH ORDINALITY AS wanted ("table", hidden, place)
LEFT JOIN pg_catalog.pg_class AS relation ON relation.oid = pg_catalog.to_regclass(wanted."table")
LEFT JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = relation.relnamespace
LEFT JOIN pg_catalog.pg_stat_user_tables AS stat ON stat.relid = relation.oid
LEFT JOIN pg_catalog.pg_attribute AS attribute
    ON attribute.attrelid = relation.oid AND attribute.attname = wanted.hidden AND NOT attribute.attisdropped
LEFT JOIN pg_catalog.pg_stats AS width
    ON width.schemaname = namespace.nspname AND width.tablename = relation.relname AND width.attname = wanted.hidden
ORDER BY wanted.place;
