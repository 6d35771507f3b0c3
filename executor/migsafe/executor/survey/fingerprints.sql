-- One row for each relation of the schemas, or of those named (schema and name side by side): its schema, its name, and
-- the SHA-256 of all that makes its shape. Nothing in it is a number that differs between equal databases (OIDs,
-- attribute numbers), lists are sorted, and the settings of settings.sql have to hold.
WITH wanted AS (
    SELECT relation.*, namespace.nspname
    FROM pg_class AS relation
    JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
    WHERE
        relation.relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'i', 'I')
        AND (
            namespace.nspname = ANY(%(schemas)s)
            OR (namespace.nspname::text, relation.relname::text) IN (
                SELECT * FROM unnest(%(schemas_of_names)s::text[], %(names)s::text[])
            )
        )
),

fact (oid, part, name, detail) AS (
    SELECT
        oid, 'relation', '',
        jsonb_build_array(
            relkind, relpersistence, pg_get_userbyid(relowner), relrowsecurity, relforcerowsecurity, relreplident,
            (SELECT array_agg(option ORDER BY option) FROM unnest(reloptions) AS option),
            (SELECT amname FROM pg_am WHERE pg_am.oid = relam),
            (SELECT spcname FROM pg_tablespace WHERE pg_tablespace.oid = reltablespace),
            nullif(reloftype, 0)::regtype,
            CASE WHEN relkind = 'p' THEN pg_get_partkeydef(oid) END,
            pg_get_expr(relpartbound, oid),
            CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(oid) END,
            CASE WHEN relkind IN ('i', 'I') THEN pg_get_indexdef(oid) END,
            obj_description(oid, 'pg_class')
        )
    FROM wanted
    UNION ALL
    SELECT
        wanted.oid, 'right', '',
        jsonb_build_array(
            nullif(given.grantee, 0)::regrole, given.grantor::regrole, given.privilege_type, given.is_grantable
        )
    FROM wanted
    CROSS JOIN aclexplode(
        coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner))
    ) AS given
    WHERE relkind NOT IN ('i', 'I')
    UNION ALL
    SELECT
        attrelid, 'column', attname::text,
        jsonb_build_array(
            row_number() OVER (PARTITION BY attrelid ORDER BY attnum),
            format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated, attstorage,
            (SELECT collname FROM pg_collation WHERE pg_collation.oid = attcollation),
            pg_get_expr(adbin, adrelid),
            (
                SELECT array_agg(concat_ws(' ', grantee::regrole, privilege_type, is_grantable) ORDER BY 1)
                FROM aclexplode(attacl)
            ),
            col_description(attrelid, attnum)
        )
    FROM pg_attribute
    JOIN wanted ON wanted.oid = attrelid
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE attnum > 0 AND NOT attisdropped AND relkind NOT IN ('i', 'I')
    UNION ALL
    SELECT conrelid, 'constraint', conname::text, jsonb_build_array(contype, pg_get_constraintdef(oid), convalidated)
    FROM pg_constraint
    WHERE conrelid IN (SELECT oid FROM wanted)
    UNION ALL
    SELECT
        wanted.oid, 'index', indexrelid::regclass::text,
        jsonb_build_array(pg_get_indexdef(indexrelid), indisvalid, indisready, indisreplident, indisclustered)
    FROM pg_index
    JOIN wanted ON wanted.oid IN (indrelid, indexrelid)
    UNION ALL
    SELECT tgrelid, 'trigger', tgname::text, jsonb_build_array(pg_get_triggerdef(oid), tgenabled)
    FROM pg_trigger
    WHERE tgrelid IN (SELECT oid FROM wanted) AND NOT tgisinternal
    UNION ALL
    SELECT
        polrelid, 'policy', polname::text,
        jsonb_build_array(
            polcmd, polpermissive,
            (SELECT array_agg(pg_get_userbyid(role) ORDER BY pg_get_userbyid(role)) FROM unnest(polroles) AS role),
            pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)
        )
    FROM pg_policy
    WHERE polrelid IN (SELECT oid FROM wanted)
    UNION ALL
    SELECT ev_class, 'rule', rulename::text, jsonb_build_array(pg_get_ruledef(oid), ev_enabled)
    FROM pg_rewrite
    WHERE ev_class IN (SELECT oid FROM wanted) AND rulename <> '_RETURN'
    UNION ALL
    SELECT stxrelid, 'statistics', stxname::text, jsonb_build_array(pg_get_statisticsobjdef(oid))
    FROM pg_statistic_ext
    WHERE stxrelid IN (SELECT oid FROM wanted)
    UNION ALL
    SELECT inhrelid, 'parent', inhparent::regclass::text, jsonb_build_array(inhseqno)
    FROM pg_inherits
    WHERE inhrelid IN (SELECT oid FROM wanted)
    UNION ALL
    SELECT
        seqrelid, 'sequence', '',
        jsonb_build_array(
            format_type(seqtypid, NULL), seqstart, seqincrement, seqmin, seqmax, seqcache, seqcycle,
            (
                SELECT concat_ws('.', refobjid::regclass, attname)
                FROM pg_depend
                JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
                WHERE classid = 'pg_class'::regclass AND objid = seqrelid AND deptype IN ('a', 'i') AND refobjsubid > 0
                LIMIT 1
            )
        )
    FROM pg_sequence
    WHERE seqrelid IN (SELECT oid FROM wanted)
)

SELECT
    wanted.nspname::text AS schema,
    wanted.relname::text AS name,
    encode(
        sha256(
            convert_to(
                string_agg(
                    concat_ws(' ', fact.part, to_jsonb(fact.name), fact.detail), E'\n'
                    ORDER BY fact.part, fact.name COLLATE "C", fact.detail::text COLLATE "C"
                ),
                'UTF8'
            )
        ),
        'hex'
    ) AS fingerprint
FROM wanted
JOIN fact ON fact.oid = wanted.oid
GROUP BY wanted.oid, wanted.nspname, wanted.relname
ORDER BY 1, 2;
