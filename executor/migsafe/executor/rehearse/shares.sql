-- One row for each column of the schemas that ANALYZE has seen and the role may read: schema, table, column, the part that is
-- NULL, and the number of distinct values as pg_statistic has it (negative: a part of the rows). No values.
SELECT DISTINCT ON (schemaname, tablename, attname) schemaname, tablename, attname, null_frac, n_distinct
FROM pg_catalog.pg_stats
WHERE schemaname = ANY(%s)
ORDER BY schemaname, tablename, attname, inherited DESC
