-- One row for each trigger of the relations, and of those of other schemas that a migration made. A trigger has no owner,
-- so it counts as made by a migration where its function lies in a managed schema, or where it brings another schema's
-- function to a table of the Supabase platform (as database webhooks do). What the server makes for constraints is left out;
-- before PG 15 it marks the triggers of partitions as internal too.
SELECT
    pg_trigger.oid::bigint,
    pg_trigger.tgrelid::bigint AS relation,
    pg_trigger.tgname AS name,
    namespace.nspname AS "schema of table",
    relation.relname AS table,
    function_schema.nspname AS "schema of function",
    pg_proc.proname AS function,
    CASE
        WHEN pg_trigger.tgtype & 64 <> 0 THEN 'instead of' WHEN pg_trigger.tgtype & 2 <> 0 THEN 'before' ELSE 'after'
    END AS timing,
    array_remove(
        ARRAY[
            CASE WHEN pg_trigger.tgtype & 4 <> 0 THEN 'insert' END,
            CASE WHEN pg_trigger.tgtype & 16 <> 0 THEN 'update' END,
            CASE WHEN pg_trigger.tgtype & 8 <> 0 THEN 'delete' END,
            CASE WHEN pg_trigger.tgtype & 32 <> 0 THEN 'truncate' END
        ],
        NULL
    ) AS events,
    ARRAY(
        SELECT attname
        FROM unnest(pg_trigger.tgattr) WITH ORDINALITY AS key (attnum, place)
        JOIN pg_attribute USING (attnum)
        WHERE attrelid = pg_trigger.tgrelid
        ORDER BY key.place
    ) AS columns,
    pg_trigger.tgtype & 1 <> 0 AS row_level,
    CASE pg_trigger.tgenabled
        WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' ELSE 'origin'
    END AS enabled,
    pg_trigger.tgparentid <> 0 AS inherited,
    pg_get_triggerdef(pg_trigger.oid) AS definition
FROM pg_trigger
JOIN pg_class AS relation ON relation.oid = pg_trigger.tgrelid
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
JOIN pg_proc ON pg_proc.oid = pg_trigger.tgfoid
JOIN pg_namespace AS function_schema ON function_schema.oid = pg_proc.pronamespace
WHERE
    (NOT pg_trigger.tgisinternal OR (pg_trigger.tgparentid <> 0 AND pg_trigger.tgconstraint = 0))
    AND (
        pg_trigger.tgrelid = ANY(%(relations)s::oid[])
        OR namespace.nspname <> ALL(%(schemas)s) AND (
            function_schema.nspname = ANY(%(schemas)s)
            OR cardinality(%(schemas)s::text[]) > 0
            AND namespace.nspname IN ('auth', 'storage', 'realtime')
            AND pg_get_userbyid(relation.relowner) LIKE 'supabase\_%%'
            AND function_schema.oid <> namespace.oid
        )
    );
