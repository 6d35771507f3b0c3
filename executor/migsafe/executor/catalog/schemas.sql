-- One row for each of the schemas that exists.
SELECT oid::bigint, nspname AS name, pg_get_userbyid(nspowner) AS owner
FROM pg_namespace
WHERE nspname = ANY(%(schemas)s);
