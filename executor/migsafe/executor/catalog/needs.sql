-- One row for each pair of an object and a relation, column, function or type that it needs, by catalog and number. Without
-- what a table's own definition says already: the columns of its keys, checks and indexes.
SELECT
    CASE pg_depend.classid
        WHEN 'pg_publication_rel'::regclass THEN 'pg_publication' ELSE pg_depend.classid::regclass::text
    END AS class,
    coalesce(pg_publication_rel.prpubid, pg_depend.objid)::bigint AS oid,
    own_column.attname AS part,
    pg_depend.refclassid::regclass::text AS on_class,
    pg_depend.refobjid::bigint AS on_oid,
    on_column.attname AS on_part
FROM pg_depend
LEFT JOIN pg_publication_rel
    ON pg_depend.classid = 'pg_publication_rel'::regclass AND pg_publication_rel.oid = pg_depend.objid
LEFT JOIN pg_attribute AS own_column
    ON pg_depend.classid = 'pg_class'::regclass AND pg_depend.objsubid > 0
    AND own_column.attrelid = pg_depend.objid AND own_column.attnum = pg_depend.objsubid
LEFT JOIN pg_attribute AS on_column
    ON pg_depend.refclassid = 'pg_class'::regclass AND pg_depend.refobjsubid > 0
    AND on_column.attrelid = pg_depend.refobjid AND on_column.attnum = pg_depend.refobjsubid
WHERE
    pg_depend.objid >= 16384
    AND pg_depend.refobjid >= 16384
    AND pg_depend.deptype IN ('n', 'a')
    AND pg_depend.classid IN (
        'pg_class'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass, 'pg_rewrite'::regclass, 'pg_policy'::regclass,
        'pg_trigger'::regclass, 'pg_attrdef'::regclass, 'pg_constraint'::regclass, 'pg_publication_rel'::regclass
    )
    AND pg_depend.refclassid IN ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass)
    -- Before PG 15 it is the generated column itself, not its expression, that needs the other columns of its table.
    AND (
        pg_depend.classid <> 'pg_class'::regclass
        OR pg_depend.refclassid <> 'pg_class'::regclass
        OR (pg_depend.objid = pg_depend.refobjid AND pg_depend.objsubid > 0 AND pg_depend.refobjsubid > 0)
    )
    AND NOT (pg_depend.classid = 'pg_constraint'::regclass AND pg_depend.deptype = 'a');
