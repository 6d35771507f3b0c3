-- One row for each sequence of the relations.
SELECT
    relation.oid::bigint,
    namespace.nspname AS "schema of name",
    relation.relname AS name,
    pg_get_userbyid(relation.relowner) AS owner,
    CASE relation.relpersistence WHEN 'u' THEN 'unlogged' ELSE 'permanent' END AS persistence,
    format_type(pg_sequence.seqtypid, NULL) AS type,
    pg_sequence.seqstart AS start,
    pg_sequence.seqincrement AS increment,
    pg_sequence.seqmin AS minimum,
    pg_sequence.seqmax AS maximum,
    pg_sequence.seqcache AS cache,
    pg_sequence.seqcycle AS cycle,
    owner_schema.nspname AS "schema of owning_relation",
    owner_relation.relname AS owning_relation,
    owner_column.attname AS owning_column,
    coalesce(pg_depend.deptype = 'i', false) AS of_identity
FROM unnest(%(relations)s::oid[]) AS wanted (oid)
JOIN pg_class AS relation USING (oid)
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
JOIN pg_sequence ON pg_sequence.seqrelid = relation.oid
LEFT JOIN pg_depend
    ON pg_depend.classid = 'pg_class'::regclass AND pg_depend.objid = relation.oid
    AND pg_depend.refclassid = 'pg_class'::regclass AND pg_depend.refobjsubid > 0 AND pg_depend.deptype IN ('a', 'i')
LEFT JOIN pg_class AS owner_relation ON owner_relation.oid = pg_depend.refobjid
LEFT JOIN pg_namespace AS owner_schema ON owner_schema.oid = owner_relation.relnamespace
LEFT JOIN pg_attribute AS owner_column
    ON owner_column.attrelid = pg_depend.refobjid AND owner_column.attnum = pg_depend.refobjsubid;
