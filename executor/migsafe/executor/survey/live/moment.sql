-- One row: the present moment, and when the statistics of this database were last reset (since PG 15 null until then).
SELECT clock_timestamp() AS moment, database.stats_reset
FROM pg_catalog.pg_stat_database AS database
WHERE database.datname = current_database();
