-- One row for each parent of the relations, in their order: the child's number, the parent's schema and name.
SELECT pg_inherits.inhrelid::bigint AS relation, namespace.nspname AS "schema of name", parent.relname AS name
FROM unnest(%(relations)s::oid[]) AS wanted (oid)
JOIN pg_inherits ON pg_inherits.inhrelid = wanted.oid
JOIN pg_class AS parent ON parent.oid = pg_inherits.inhparent
JOIN pg_namespace AS namespace ON namespace.oid = parent.relnamespace
ORDER BY pg_inherits.inhrelid, pg_inherits.inhseqno;
