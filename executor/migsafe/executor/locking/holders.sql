-- One row for each lock that another session, or a prepared transaction, holds on one of the relations, their partitions
-- and their children, in a mode that stands in the way; ages in seconds, NULL where this role may not see them.
WITH RECURSIVE reached (relation, mode) AS (
    SELECT relation, mode FROM unnest(%(relations)s::oid[], %(modes)s::text[]) AS need (relation, mode)
    UNION
    SELECT child.inhrelid, reached.mode
    FROM reached
    JOIN pg_catalog.pg_inherits AS child ON child.inhparent = reached.relation
)
SELECT
    held.pid,
    held.virtualtransaction,
    pg_catalog.format('%%I.%%I', namespace.nspname, relation.relname) AS relation,
    held.mode,
    extract(epoch FROM clock_timestamp() - coalesce(prepared.prepared, session.xact_start))::float8 AS seconds,
    coalesce(nullif(session.application_name, ''), session.backend_type, '') AS application,
    coalesce(prepared.owner, session.usename, '')::text AS role,
    CASE WHEN held.pid IS NULL THEN 'prepared transaction' ELSE coalesce(session.state, '') END AS state,
    coalesce(
        'PREPARE TRANSACTION ' || pg_catalog.quote_literal(prepared.gid),
        CASE WHEN session.xact_start IS NOT NULL THEN session.query END,
        ''
    ) AS query,
    coalesce(session.backend_type = 'autovacuum worker', false) AS autovacuum
FROM pg_catalog.pg_locks AS held
JOIN reached ON reached.relation = held.relation AND reached.mode = held.mode
JOIN pg_catalog.pg_class AS relation ON relation.oid = held.relation
JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = relation.relnamespace
LEFT JOIN pg_catalog.pg_stat_activity AS session ON session.pid = held.pid
LEFT JOIN pg_catalog.pg_prepared_xacts AS prepared
    ON held.pid IS NULL AND held.virtualtransaction = '-1/' || prepared.transaction::text
WHERE held.locktype = 'relation'
    AND held.granted
    AND held.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
    AND held.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
ORDER BY seconds DESC NULLS FIRST, held.pid;
