-- One row for each publication, without those that the Supabase platform makes for itself.
SELECT
    oid::bigint,
    pubname AS name,
    pg_get_userbyid(pubowner) AS owner,
    puballtables AS all_tables,
    array_remove(
        ARRAY[
            CASE WHEN pubinsert THEN 'insert' END, CASE WHEN pubupdate THEN 'update' END,
            CASE WHEN pubdelete THEN 'delete' END, CASE WHEN pubtruncate THEN 'truncate' END
        ],
        NULL
    ) AS operations,
    pubviaroot AS via_root
FROM pg_publication
WHERE NOT (pg_get_userbyid(pubowner) LIKE 'supabase\_%%' AND pubname LIKE 'supabase\_%%');
