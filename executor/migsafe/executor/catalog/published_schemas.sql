-- One row for each schema that a publication names. From PG 15 on.
SELECT pnpubid::bigint AS publication, nspname AS name
FROM pg_publication_namespace
JOIN pg_namespace ON pg_namespace.oid = pnnspid
ORDER BY nspname COLLATE "C";
