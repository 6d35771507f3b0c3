-- Parts of one query, each headed by the system table that it looks at; only those of tables that were written are put together.
-- One row for each object whose rows this transaction wrote at command %(since)s or later: `relation` or `type`, or for a
-- comment the system table of what it is on; its object id, that of the table for an index; and the command. age() counts from
-- the own transaction, so that what it wrote, also in a subtransaction, is 0 or less.
-- part pg_class
SELECT 'relation', oid, cmin::text::bigint FROM pg_catalog.pg_class WHERE age(xmin) <= 0
-- part pg_attribute
SELECT 'relation', attrelid, cmin::text::bigint FROM pg_catalog.pg_attribute WHERE age(xmin) <= 0
-- part pg_attrdef
SELECT 'relation', adrelid, cmin::text::bigint FROM pg_catalog.pg_attrdef WHERE age(xmin) <= 0
-- part pg_constraint
SELECT 'relation', conrelid, cmin::text::bigint FROM pg_catalog.pg_constraint WHERE age(xmin) <= 0
-- part pg_constraint
SELECT 'type', contypid, cmin::text::bigint FROM pg_catalog.pg_constraint WHERE age(xmin) <= 0
-- part pg_index
SELECT 'relation', indrelid, cmin::text::bigint FROM pg_catalog.pg_index WHERE age(xmin) <= 0
-- part pg_trigger
SELECT 'relation', tgrelid, cmin::text::bigint FROM pg_catalog.pg_trigger WHERE age(xmin) <= 0
-- part pg_policy
SELECT 'relation', polrelid, cmin::text::bigint FROM pg_catalog.pg_policy WHERE age(xmin) <= 0
-- part pg_rewrite
SELECT 'relation', ev_class, cmin::text::bigint FROM pg_catalog.pg_rewrite WHERE age(xmin) <= 0
-- part pg_inherits
SELECT 'relation', inhrelid, cmin::text::bigint FROM pg_catalog.pg_inherits WHERE age(xmin) <= 0
-- part pg_sequence
SELECT 'relation', seqrelid, cmin::text::bigint FROM pg_catalog.pg_sequence WHERE age(xmin) <= 0
-- part pg_statistic_ext
SELECT 'relation', stxrelid, cmin::text::bigint FROM pg_catalog.pg_statistic_ext WHERE age(xmin) <= 0
-- part pg_partitioned_table
SELECT 'relation', partrelid, cmin::text::bigint FROM pg_catalog.pg_partitioned_table WHERE age(xmin) <= 0
-- part pg_type
SELECT 'type', type.oid, type.cmin::text::bigint FROM pg_catalog.pg_type AS type
    LEFT JOIN pg_catalog.pg_class AS relation ON relation.oid = type.typrelid
    WHERE age(type.xmin) <= 0 AND type.typelem = 0 AND (type.typtype <> 'c' OR relation.relkind = 'c')
-- part pg_enum
SELECT 'type', enumtypid, cmin::text::bigint FROM pg_catalog.pg_enum WHERE age(xmin) <= 0
-- part pg_description
SELECT
        CASE
            WHEN classoid IN (
                'pg_catalog.pg_class'::regclass, 'pg_catalog.pg_constraint'::regclass, 'pg_catalog.pg_trigger'::regclass,
                'pg_catalog.pg_policy'::regclass, 'pg_catalog.pg_rewrite'::regclass, 'pg_catalog.pg_statistic_ext'::regclass
            ) THEN 'relation' ELSE classoid::regclass::text END,
        CASE classoid
            WHEN 'pg_catalog.pg_constraint'::regclass
                THEN (SELECT conrelid FROM pg_catalog.pg_constraint WHERE oid = objoid)
            WHEN 'pg_catalog.pg_trigger'::regclass THEN (SELECT tgrelid FROM pg_catalog.pg_trigger WHERE oid = objoid)
            WHEN 'pg_catalog.pg_policy'::regclass THEN (SELECT polrelid FROM pg_catalog.pg_policy WHERE oid = objoid)
            WHEN 'pg_catalog.pg_rewrite'::regclass THEN (SELECT ev_class FROM pg_catalog.pg_rewrite WHERE oid = objoid)
            WHEN 'pg_catalog.pg_statistic_ext'::regclass
                THEN (SELECT stxrelid FROM pg_catalog.pg_statistic_ext WHERE oid = objoid)
            ELSE objoid
        END,
        cmin::text::bigint
    FROM pg_catalog.pg_description WHERE age(xmin) <= 0
-- whole
SELECT
    written.kind,
    coalesce(index.indrelid, written.id)::bigint,
    max(written.command)
FROM ({parts}) AS written (kind, id, command)
LEFT JOIN pg_catalog.pg_index AS index ON written.kind = 'relation' AND index.indexrelid = written.id
WHERE written.command >= %(since)s AND written.id <> 0
GROUP BY 1, 2
