-- One row for each policy of the relations, and of those of other schemas that a migration made. A policy has no owner; the
-- Supabase platform makes none on its own tables, so each that stands on a table of a platform role is taken for a user's.
SELECT
    pg_policy.oid::bigint,
    pg_policy.polrelid::bigint AS relation,
    pg_policy.polname AS name,
    namespace.nspname AS "schema of table",
    relation.relname AS table,
    CASE pg_policy.polcmd
        WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update' WHEN 'd' THEN 'delete' ELSE 'all'
    END AS command,
    pg_policy.polpermissive AS permissive,
    ARRAY(
        SELECT CASE role WHEN 0 THEN 'public' ELSE pg_get_userbyid(role) END::text
        FROM unnest(pg_policy.polroles) AS role
        ORDER BY 1
    ) AS roles,
    pg_get_expr(pg_policy.polqual, pg_policy.polrelid) AS using,
    pg_get_expr(pg_policy.polwithcheck, pg_policy.polrelid) AS with_check
FROM pg_policy
JOIN pg_class AS relation ON relation.oid = pg_policy.polrelid
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
WHERE
    pg_policy.polrelid = ANY(%(relations)s::oid[])
    OR namespace.nspname <> ALL(%(schemas)s)
    AND cardinality(%(schemas)s::text[]) > 0
    AND namespace.nspname IN ('auth', 'storage', 'realtime')
    AND pg_get_userbyid(relation.relowner) LIKE 'supabase\_%%';
