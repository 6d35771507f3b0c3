-- One row for each object whose rows this transaction wrote at command %(since)s or later: `relation` or `type`, its object id,
-- and the command. age() counts from the own transaction, so that what it wrote, also in a subtransaction, is 0 or less.
WITH written (kind, id, command) AS (
    SELECT 'relation', oid, cmin::text::bigint FROM pg_catalog.pg_class WHERE age(xmin) <= 0
    UNION ALL SELECT 'relation', attrelid, cmin::text::bigint FROM pg_catalog.pg_attribute WHERE age(xmin) <= 0
    UNION ALL SELECT 'relation', adrelid, cmin::text::bigint FROM pg_catalog.pg_attrdef WHERE age(xmin) <= 0
    UNION ALL SELECT 'relation', conrelid, cmin::text::bigint FROM pg_catalog.pg_constraint WHERE age(xmin) <= 0
    UNION ALL SELECT 'type', contypid, cmin::text::bigint FROM pg_catalog.pg_constraint WHERE age(xmin) <= 0
    UNION ALL SELECT 'relation', indrelid, cmin::text::bigint FROM pg_catalog.pg_index WHERE age(xmin) <= 0
    UNION ALL SELECT 'relation', tgrelid, cmin::text::bigint FROM pg_catalog.pg_trigger WHERE age(xmin) <= 0
    UNION ALL SELECT 'relation', polrelid, cmin::text::bigint FROM pg_catalog.pg_policy WHERE age(xmin) <= 0
    UNION ALL SELECT 'relation', ev_class, cmin::text::bigint FROM pg_catalog.pg_rewrite WHERE age(xmin) <= 0
    UNION ALL SELECT 'relation', inhrelid, cmin::text::bigint FROM pg_catalog.pg_inherits WHERE age(xmin) <= 0
    UNION ALL SELECT 'relation', seqrelid, cmin::text::bigint FROM pg_catalog.pg_sequence WHERE age(xmin) <= 0
    UNION ALL SELECT 'relation', stxrelid, cmin::text::bigint FROM pg_catalog.pg_statistic_ext WHERE age(xmin) <= 0
    UNION ALL SELECT 'relation', partrelid, cmin::text::bigint FROM pg_catalog.pg_partitioned_table WHERE age(xmin) <= 0
    UNION ALL SELECT 'type', type.oid, type.cmin::text::bigint FROM pg_catalog.pg_type AS type
    LEFT JOIN pg_catalog.pg_class AS relation ON relation.oid = type.typrelid
    WHERE age(type.xmin) <= 0 AND type.typelem = 0 AND (type.typtype <> 'c' OR relation.relkind = 'c')
    UNION ALL SELECT 'type', enumtypid, cmin::text::bigint FROM pg_catalog.pg_enum WHERE age(xmin) <= 0
    UNION ALL
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
)
SELECT
    written.kind,
    coalesce(index.indrelid, written.id)::bigint,
    max(written.command)
FROM written
LEFT JOIN pg_catalog.pg_index AS index ON written.kind = 'relation' AND index.indexrelid = written.id
WHERE written.command >= %(since)s AND written.id <> 0
GROUP BY 1, 2
