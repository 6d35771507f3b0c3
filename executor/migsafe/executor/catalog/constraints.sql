-- One row for each constraint of the relations. A NOT NULL that is valid and inheritable is left out: the column says it.
SELECT
    con.oid::bigint,
    con.conrelid::bigint AS relation,
    con.conname AS name,
    CASE con.contype
        WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'f' THEN 'foreign key'
        WHEN 'c' THEN 'check' WHEN 'x' THEN 'exclusion' ELSE 'not null'
    END AS kind,
    ARRAY(
        SELECT attname
        FROM unnest(con.conkey) WITH ORDINALITY AS key (attnum, place)
        JOIN pg_attribute USING (attnum)
        WHERE attrelid = con.conrelid
        ORDER BY key.place
    ) AS columns,
    referenced_schema.nspname AS "schema of referenced",
    referenced.relname AS referenced,
    CASE
        WHEN con.contype = 'f'
            THEN ARRAY(
                SELECT attname
                FROM unnest(con.confkey) WITH ORDINALITY AS key (attnum, place)
                JOIN pg_attribute USING (attnum)
                WHERE attrelid = con.confrelid
                ORDER BY key.place
            )
        ELSE '{}'
    END AS referenced_columns,
    con.convalidated AS valid,
    con.enforced,
    con.condeferrable AS deferrable,
    con.condeferred AS initially_deferred,
    con.coninhcount > 0 OR con.conparentid <> 0 AS inherited,
    index_schema.nspname AS "schema of index",
    index_relation.relname AS index,
    pg_get_constraintdef(con.oid) AS definition
FROM (SELECT true AS conenforced) AS older
CROSS JOIN LATERAL (SELECT pg_constraint.*, conenforced AS enforced FROM pg_constraint) AS con
JOIN unnest(%(relations)s::oid[]) AS wanted (oid) ON wanted.oid = con.conrelid
LEFT JOIN pg_class AS referenced ON referenced.oid = con.confrelid
LEFT JOIN pg_namespace AS referenced_schema ON referenced_schema.oid = referenced.relnamespace
LEFT JOIN pg_class AS index_relation ON index_relation.oid = con.conindid
LEFT JOIN pg_namespace AS index_schema ON index_schema.oid = index_relation.relnamespace
WHERE con.contype <> 't' AND (con.contype <> 'n' OR NOT con.convalidated OR con.connoinherit);
