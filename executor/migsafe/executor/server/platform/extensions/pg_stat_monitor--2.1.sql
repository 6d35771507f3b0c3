-- Stand-in for pg_stat_monitor: a view that is always empty, with the columns that are asked for most.

CREATE VIEW pg_stat_monitor AS
SELECT NULL::bigint AS bucket, NULL::timestamptz AS bucket_start_time, NULL::oid AS userid, NULL::text AS username, NULL::oid AS dbid,
    NULL::text AS datname, NULL::inet AS client_ip, NULL::bigint AS queryid, NULL::text AS query, NULL::text AS application_name,
    NULL::text[] AS relations, NULL::text AS cmd_type_text, NULL::bigint AS calls, NULL::double precision AS total_exec_time,
    NULL::double precision AS min_exec_time, NULL::double precision AS max_exec_time, NULL::double precision AS mean_exec_time,
    NULL::bigint AS rows
WHERE false;
CREATE FUNCTION pg_stat_monitor_reset() RETURNS void LANGUAGE sql AS 'SELECT';
GRANT SELECT ON pg_stat_monitor TO PUBLIC;
