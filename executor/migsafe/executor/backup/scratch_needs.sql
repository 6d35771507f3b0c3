-- Returns one row: the names of the ordinary roles of the server, those of its superusers, and the extensions of this database.
SELECT
    ARRAY(SELECT rolname::text FROM pg_catalog.pg_roles WHERE rolname !~ '^pg_' ORDER BY rolname),
    ARRAY(SELECT rolname::text FROM pg_catalog.pg_roles WHERE rolname !~ '^pg_' AND rolsuper ORDER BY rolname),
    ARRAY(SELECT extname::text FROM pg_catalog.pg_extension ORDER BY extname)
