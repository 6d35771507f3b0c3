-- Returns whether this database has a stand-in of ours: for an extension, or for the platform (the comment of 90_record.sql).
SELECT
    EXISTS (
        SELECT FROM pg_catalog.pg_extension AS extension
        JOIN pg_catalog.pg_available_extensions AS offered ON offered.name = extension.extname
        WHERE offered.comment LIKE '%(stand-in)'
    )
    OR coalesce(
        pg_catalog.obj_description(pg_catalog.to_regnamespace('auth')::oid, 'pg_namespace')
            LIKE 'Supabase platform as migsafe stands it up%',
        false
    )
