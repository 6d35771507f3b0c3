-- Id, schema and name of those tables and views that the ids name.
SELECT c.oid::bigint, n.nspname, c.relname
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid = ANY (%s::oid[]) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
