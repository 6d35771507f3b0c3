-- One row for each migration that the Supabase CLI recorded: its version and, where the table has names, its name.
SELECT version::text, coalesce(to_jsonb(migration) ->> 'name', '') AS name
FROM supabase_migrations.schema_migrations AS migration
ORDER BY version;
