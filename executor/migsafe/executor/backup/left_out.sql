-- Returns in words what a dump of this database leaves out although it lies in the database: rows behind foreign tables, stored files.
SELECT 'rows behind the foreign table ' || pg_catalog.format('%I.%I', namespace.nspname, class.relname)
FROM pg_catalog.pg_class AS class
JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE class.relkind = 'f'
UNION ALL
SELECT 'the files of Supabase Storage: only their rows in storage.objects are in the database'
WHERE pg_catalog.to_regclass('storage.objects') IS NOT NULL
ORDER BY 1
