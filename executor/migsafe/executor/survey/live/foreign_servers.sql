-- The names of all foreign servers.
SELECT srvname::text FROM pg_catalog.pg_foreign_server ORDER BY 1;
