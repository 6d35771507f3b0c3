-- One row for each table, partitioned table and foreign table of the relations.
SELECT
    relation.oid::bigint,
    namespace.nspname AS "schema of name",
    relation.relname AS name,
    CASE relation.relkind
        WHEN 'p' THEN 'partitioned table' WHEN 'f' THEN 'foreign table' ELSE 'table'
    END AS kind,
    pg_get_userbyid(relation.relowner) AS owner,
    CASE relation.relpersistence WHEN 'u' THEN 'unlogged' ELSE 'permanent' END AS persistence,
    relation.relrowsecurity AS row_security,
    relation.relforcerowsecurity AS force_row_security,
    CASE relation.relreplident
        WHEN 'n' THEN 'nothing' WHEN 'f' THEN 'full' WHEN 'i' THEN 'index' ELSE 'default'
    END AS replica_identity,
    pg_am.amname AS access_method,
    pg_tablespace.spcname AS tablespace,
    ARRAY(
        SELECT option
        FROM (
            SELECT unnest(relation.reloptions)
            UNION ALL
            SELECT 'toast.' || unnest(toast.reloptions)
        ) AS options (option)
        ORDER BY option COLLATE "C"
    ) AS options,
    CASE WHEN relation.reloftype <> 0 THEN format_type(relation.reloftype, NULL) END AS of_type,
    CASE WHEN relation.relkind = 'p' THEN pg_get_partkeydef(relation.oid) END AS partition_key,
    pg_get_expr(relation.relpartbound, relation.oid) AS partition_bound,
    pg_foreign_server.srvname AS server,
    ARRAY(
        SELECT
            CASE WHEN split_part(option, '=', 1) ~* 'pass|secret|token|key|cred|auth|conn' THEN split_part(option, '=', 1)
            ELSE option END
        FROM unnest(pg_foreign_table.ftoptions) AS option
        ORDER BY option COLLATE "C"
    ) AS server_options
FROM unnest(%(relations)s::oid[]) AS wanted (oid)
JOIN pg_class AS relation USING (oid)
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
LEFT JOIN pg_am ON pg_am.oid = relation.relam
LEFT JOIN pg_tablespace ON pg_tablespace.oid = relation.reltablespace
LEFT JOIN pg_class AS toast ON toast.oid = relation.reltoastrelid
LEFT JOIN pg_foreign_table ON pg_foreign_table.ftrelid = relation.oid
LEFT JOIN pg_foreign_server ON pg_foreign_server.oid = pg_foreign_table.ftserver
WHERE relation.relkind IN ('r', 'p', 'f');
