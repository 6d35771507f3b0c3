-- One row for each event trigger, without those of extensions, and of the Supabase platform: a role of the platform has
-- them, and their functions lie in no managed schema.
SELECT
    pg_event_trigger.oid::bigint,
    evtname AS name,
    pg_get_userbyid(evtowner) AS owner,
    evtevent AS event,
    nspname AS "schema of function",
    proname AS function,
    CASE evtenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' ELSE 'origin' END AS enabled,
    ARRAY(SELECT tag FROM unnest(evttags) AS tag ORDER BY tag COLLATE "C") AS tags
FROM pg_event_trigger
JOIN pg_proc ON pg_proc.oid = evtfoid
JOIN pg_namespace ON pg_namespace.oid = pronamespace
WHERE
    NOT (pg_get_userbyid(evtowner) LIKE 'supabase\_%%' AND nspname <> ALL(%(schemas)s))
    AND NOT EXISTS (
        SELECT FROM pg_depend
        WHERE classid = 'pg_event_trigger'::regclass AND objid = pg_event_trigger.oid AND deptype = 'e'
    );
