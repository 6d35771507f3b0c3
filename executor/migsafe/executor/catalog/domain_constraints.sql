-- One row for each CHECK of the domains of the schemas.
SELECT
    pg_constraint.oid::bigint,
    pg_constraint.contypid::bigint AS type,
    pg_constraint.conname AS name,
    pg_constraint.convalidated AS valid,
    pg_get_constraintdef(pg_constraint.oid) AS definition
FROM pg_constraint
JOIN pg_type ON pg_type.oid = pg_constraint.contypid
JOIN pg_namespace AS namespace ON namespace.oid = pg_type.typnamespace
WHERE namespace.nspname = ANY(%(schemas)s) AND pg_constraint.contype = 'c';
