-- One row for each index of the relations.
SELECT
    index.indexrelid::bigint AS oid,
    index.indrelid::bigint AS relation,
    namespace.nspname AS "schema of name",
    relation.relname AS name,
    pg_am.amname AS method,
    index.indisunique AS unique,
    index.nulls_not_distinct,
    ARRAY(
        SELECT
            CASE key.attnum WHEN 0 THEN pg_get_indexdef(index.indexrelid, key.place::int, false)
            ELSE quote_ident(pg_attribute.attname) END
        FROM unnest(index.indkey) WITH ORDINALITY AS key (attnum, place)
        LEFT JOIN pg_attribute ON pg_attribute.attrelid = index.indrelid AND pg_attribute.attnum = key.attnum
        WHERE key.place <= index.indnkeyatts
        ORDER BY key.place
    ) AS keys,
    CASE
        WHEN index.indnatts > index.indnkeyatts
            THEN ARRAY(
                SELECT pg_attribute.attname
                FROM unnest(index.indkey) WITH ORDINALITY AS key (attnum, place)
                JOIN pg_attribute USING (attnum)
                WHERE pg_attribute.attrelid = index.indrelid AND key.place > index.indnkeyatts
                ORDER BY key.place
            )
        ELSE '{}'
    END AS include,
    ARRAY(
        SELECT pg_attribute.attname
        FROM pg_attribute
        WHERE
            pg_attribute.attrelid = index.indrelid
            AND (
                pg_attribute.attnum = ANY(index.indkey)
                OR (index.indexprs IS NOT NULL OR index.indpred IS NOT NULL) AND pg_attribute.attnum IN (
                    SELECT refobjsubid
                    FROM pg_depend
                    WHERE classid = 'pg_class'::regclass AND objid = index.indexrelid
                    AND refclassid = 'pg_class'::regclass AND refobjid = index.indrelid
                )
            )
            AND pg_attribute.attnum > 0
        ORDER BY pg_attribute.attname COLLATE "C"
    ) AS columns,
    pg_get_expr(index.indpred, index.indrelid) AS predicate,
    index.indisvalid AS valid,
    index.indisready AS ready,
    index.indisclustered AS clustered,
    index.indisreplident AS replica_identity,
    con.conname AS constraint,
    parent_schema.nspname AS "schema of parent",
    parent.relname AS parent,
    coalesce(relation.reloptions, '{}') AS options,
    pg_tablespace.spcname AS tablespace,
    pg_get_indexdef(index.indexrelid) AS definition
FROM (SELECT false AS indnullsnotdistinct) AS older
CROSS JOIN LATERAL (SELECT pg_index.*, indnullsnotdistinct AS nulls_not_distinct FROM pg_index) AS index
JOIN unnest(%(relations)s::oid[]) AS wanted (oid) ON wanted.oid = index.indrelid
JOIN pg_class AS relation ON relation.oid = index.indexrelid
JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
JOIN pg_am ON pg_am.oid = relation.relam
LEFT JOIN pg_tablespace ON pg_tablespace.oid = relation.reltablespace
LEFT JOIN pg_constraint AS con
    ON con.conindid = index.indexrelid AND con.conrelid = index.indrelid AND con.contype IN ('p', 'u', 'x')
LEFT JOIN pg_inherits ON pg_inherits.inhrelid = index.indexrelid
LEFT JOIN pg_class AS parent ON parent.oid = pg_inherits.inhparent
LEFT JOIN pg_namespace AS parent_schema ON parent_schema.oid = parent.relnamespace;
