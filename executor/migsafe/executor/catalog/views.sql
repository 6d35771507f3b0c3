-- One row for each view and materialized view of the relations.
SELECT
    relation.oid::bigint,
    namespace.nspname AS "schema of name",
    relation.relname AS name,
    CASE relation.relkind WHEN 'm' THEN 'materialized view' ELSE 'view' END AS kind,
    pg_get_userbyid(relation.relowner) AS owner,
    pg_get_viewdef(relation.oid) AS definition,
    ARRAY(SELECT option FROM unnest(relation.reloptions) AS option ORDER BY option COLLATE "C") AS options,
    pg_am.amname AS access_method,
    pg_tablespace.spcname AS tablespace,
    relation.relispopulated AS populated
FROM unnest(%(relations)s::oid[]) AS wanted (oid)
JOIN pg_class AS relation USING (oid)
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
LEFT JOIN pg_am ON pg_am.oid = relation.relam
LEFT JOIN pg_tablespace ON pg_tablespace.oid = relation.reltablespace
WHERE relation.relkind IN ('v', 'm');
