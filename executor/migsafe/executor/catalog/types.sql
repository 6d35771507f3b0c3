-- One row for each enum, domain, composite and range type of the schemas that no extension brought; what only one of
-- these kinds has is null for the others.
SELECT
    type.oid::bigint,
    namespace.nspname AS "schema of name",
    type.typname AS name,
    CASE type.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range' ELSE 'composite type' END AS kind,
    pg_get_userbyid(type.typowner) AS owner,
    ARRAY(SELECT enumlabel FROM pg_enum WHERE enumtypid = type.oid ORDER BY enumsortorder) AS labels,
    CASE type.typtype WHEN 'd' THEN format_type(type.typbasetype, type.typtypmod) END AS base,
    CASE WHEN type.typcollation <> base.typcollation THEN collation_schema.nspname END AS "schema of collation",
    CASE WHEN type.typcollation <> base.typcollation THEN pg_collation.collname END AS collation,
    type.typnotnull AS not_null,
    type.typdefault AS "default",
    type.typrelid::bigint AS relation,
    format_type(pg_range.rngsubtype, NULL) AS subtype,
    CASE type.typtype
        WHEN 'r'
            THEN format(
                'CREATE TYPE %%I.%%I AS RANGE (%%s)', namespace.nspname, type.typname,
                concat_ws(
                    ', ', 'SUBTYPE = ' || format_type(pg_range.rngsubtype, NULL),
                    format('SUBTYPE_OPCLASS = %%I.%%I', opclass_schema.nspname, pg_opclass.opcname),
                    'COLLATION = ' || nullif(pg_range.rngcollation, 0)::regcollation::text,
                    'CANONICAL = ' || nullif(pg_range.rngcanonical::text, '-'),
                    'SUBTYPE_DIFF = ' || nullif(pg_range.rngsubdiff::text, '-'),
                    'MULTIRANGE_TYPE_NAME = ' || format_type(pg_range.multirange, NULL)
                )
            )
    END AS definition
FROM pg_type AS type
JOIN pg_namespace AS namespace ON namespace.oid = type.typnamespace
LEFT JOIN pg_class AS relation ON relation.oid = type.typrelid
LEFT JOIN pg_type AS base ON base.oid = type.typbasetype
LEFT JOIN pg_collation ON pg_collation.oid = type.typcollation
LEFT JOIN pg_namespace AS collation_schema ON collation_schema.oid = pg_collation.collnamespace
LEFT JOIN (
    SELECT found.*
    FROM (SELECT NULL::oid AS rngmultitypid) AS older
    CROSS JOIN LATERAL (SELECT pg_range.*, rngmultitypid AS multirange FROM pg_range) AS found
) AS pg_range ON pg_range.rngtypid = type.oid
LEFT JOIN pg_opclass ON pg_opclass.oid = pg_range.rngsubopc
LEFT JOIN pg_namespace AS opclass_schema ON opclass_schema.oid = pg_opclass.opcnamespace
WHERE
    namespace.nspname = ANY(%(schemas)s)
    AND (type.typtype IN ('e', 'd', 'r') OR relation.relkind = 'c')
    AND NOT EXISTS (
        SELECT FROM pg_depend WHERE classid = 'pg_type'::regclass AND objid = type.oid AND deptype = 'e'
    );
