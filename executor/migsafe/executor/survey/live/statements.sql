-- One row: calls so far, mean and longest execution time in ms, of this database's statements. Its view is filled in.
SELECT
    coalesce(sum(calls), 0)::float8 AS calls,
    coalesce(sum(total_exec_time) / nullif(sum(calls), 0), 0)::float8 AS mean,
    coalesce(max(max_exec_time), 0)::float8 AS longest
FROM {}
WHERE dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database());
