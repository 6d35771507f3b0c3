-- One row for each relation of users whose scans by this session the server has not yet reported: object id, scans so far.
SELECT relation.oid::bigint, pg_catalog.pg_stat_get_xact_numscans(relation.oid)
FROM pg_catalog.pg_class AS relation
WHERE
    relation.oid >= 16384 AND relation.relkind = ANY(ARRAY['r', 'm', 'i']::"char"[])
    AND pg_catalog.pg_stat_get_xact_numscans(relation.oid) > 0
