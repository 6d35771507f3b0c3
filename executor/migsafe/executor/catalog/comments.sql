-- One row for each comment on an object that is not the server's own: its catalog, number, part (attnum or 0) and text.
SELECT classoid::regclass::text AS class, objoid::bigint AS oid, objsubid AS part, description AS comment
FROM pg_description
WHERE objoid >= 16384 OR classoid = 'pg_namespace'::regclass;
