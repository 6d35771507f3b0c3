-- The schemas that the migrations manage, and all others that belong to the role they run as: what they can change.
-- Not those of migsafe, nor of another tool's history.
SELECT nspname
FROM pg_catalog.pg_namespace
WHERE
    nspname = ANY(%s)
    OR (
        pg_catalog.pg_has_role(session_user, nspowner, 'USAGE')
        AND nspname NOT LIKE 'pg\_%%'
        AND nspname NOT IN ('information_schema', 'migsafe', 'migsafe_quarantine', 'supabase_migrations')
    )
ORDER BY nspname;
