-- One row for each extended statistics object of the relations.
SELECT
    pg_statistic_ext.oid::bigint,
    pg_statistic_ext.stxrelid::bigint AS relation,
    namespace.nspname AS "schema of name",
    pg_statistic_ext.stxname AS name,
    pg_get_userbyid(pg_statistic_ext.stxowner) AS owner,
    nullif(pg_statistic_ext.stxstattarget, -1) AS target,
    pg_get_statisticsobjdef(pg_statistic_ext.oid) AS definition
FROM pg_statistic_ext
JOIN unnest(%(relations)s::oid[]) AS wanted (oid) ON wanted.oid = pg_statistic_ext.stxrelid
JOIN pg_namespace AS namespace ON namespace.oid = pg_statistic_ext.stxnamespace;
