-- The most called queries of this database: id, text (NULL where it is too long or lost), calls, mean milliseconds.
-- Utility statements and our own questions about rows are left out; a text that this role may not see is kept, all such as one row.
-- to_jsonb, because mean_time became mean_exec_time in version 1.8 of the extension.
WITH seen AS (
    SELECT coalesce(s.queryid::text, '') AS id,
           CASE WHEN length(s.query) <= %(longest)s THEN s.query END AS query,
           s.calls,
           coalesce(to_jsonb(s) ->> 'total_exec_time', to_jsonb(s) ->> 'total_time')::float8 AS total
    FROM {view} s
    WHERE s.dbid = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
      AND coalesce(s.query, '') NOT LIKE '%%' || %(ours)s
      AND (
          s.query IS NULL
          OR s.query = '<insufficient privilege>'
          OR s.query ~* '^(\s|--[^\n]*\n|/\*([^*]|\*+[^*/])*\*+/|\()*(select|insert|update|delete|merge|with|values|table)\M'
      )
)
SELECT id, min(query), sum(calls)::bigint, coalesce(sum(total) / nullif(sum(calls), 0), 0)::float8
FROM seen
GROUP BY id
ORDER BY sum(calls) DESC, id
LIMIT %(most)s
