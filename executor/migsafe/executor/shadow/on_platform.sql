-- What the project put on schemas and tables of the Supabase platform, as statements that do it again, in an order in which
-- they can run: what it is (as pg_dump heads it), its name, schema and the statement. Wants an empty search_path, so that
-- every name is spelled with its schema. Functions count as the project's where no role of the platform has them.
WITH platform AS (
    SELECT oid, nspname, nspacl, nspowner FROM pg_catalog.pg_namespace WHERE nspname IN ('auth', 'storage', 'realtime')
),

tables AS (
    SELECT relation.oid, relation.relname, relation.relacl, relation.relowner, relation.relrowsecurity, platform.nspname,
        pg_catalog.format('%I.%I', platform.nspname, relation.relname) AS name
    FROM pg_catalog.pg_class AS relation JOIN platform ON platform.oid = relation.relnamespace
    WHERE relation.relkind IN ('r', 'p')
),

functions AS (
    SELECT routine.oid, routine.proname, platform.nspname
    FROM pg_catalog.pg_proc AS routine JOIN platform ON platform.oid = routine.pronamespace
    WHERE
        routine.prokind IN ('f', 'p') AND pg_catalog.pg_get_userbyid(routine.proowner) NOT LIKE 'supabase\_%'
        AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend AS needs
            WHERE
                needs.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND needs.objid = routine.oid
                AND needs.deptype = 'e'
        )
),

said AS (
    SELECT 1 AS place, 'FUNCTION' AS kind, proname AS name, nspname AS schema,
        pg_catalog.pg_get_functiondef(oid) || ';' AS statement
    FROM functions
    UNION ALL
    SELECT 2, 'ROW SECURITY', relname, nspname,
        'ALTER TABLE IF EXISTS ' || name || CASE WHEN relrowsecurity THEN ' ENABLE' ELSE ' DISABLE' END
        || ' ROW LEVEL SECURITY;'
    FROM tables
    UNION ALL
    SELECT 3, 'POLICY', relname || ' ' || polname, nspname,
        pg_catalog.format('CREATE POLICY %I ON ', polname) || name
        || CASE WHEN polpermissive THEN ' AS PERMISSIVE' ELSE ' AS RESTRICTIVE' END
        || CASE polcmd WHEN 'r' THEN ' FOR SELECT' WHEN 'a' THEN ' FOR INSERT' WHEN 'w' THEN ' FOR UPDATE'
            WHEN 'd' THEN ' FOR DELETE' ELSE ' FOR ALL' END
        || ' TO ' || (
            SELECT pg_catalog.string_agg(
                CASE role WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(role)) END, ', '
            ) FROM pg_catalog.unnest(polroles) AS role
        )
        || coalesce(' USING (' || pg_catalog.pg_get_expr(polqual, polrelid) || ')', '')
        || coalesce(' WITH CHECK (' || pg_catalog.pg_get_expr(polwithcheck, polrelid) || ')', '') || ';'
    FROM pg_catalog.pg_policy JOIN tables ON tables.oid = polrelid
    UNION ALL
    SELECT 4, 'TRIGGER', tables.relname || ' ' || tgname, tables.nspname,
        pg_catalog.pg_get_triggerdef(pg_trigger.oid) || ';'
        || CASE tgenabled WHEN 'D' THEN pg_catalog.format(' ALTER TABLE %s DISABLE TRIGGER %I;', tables.name, tgname)
            ELSE '' END
    FROM pg_catalog.pg_trigger
    JOIN tables ON tables.oid = tgrelid
    JOIN pg_catalog.pg_proc AS routine ON routine.oid = tgfoid
    WHERE
        NOT tgisinternal
        AND (routine.pronamespace NOT IN (SELECT oid FROM platform) OR tgfoid IN (SELECT oid FROM functions))
    UNION ALL
    SELECT 5, 'ACL', tables.relname, tables.nspname,
        -- The stand-in has not every table of every release, and those that it lacks the platform grants by itself.
        pg_catalog.format(
            'DO $do$ BEGIN IF pg_catalog.to_regclass(%L) IS NOT NULL THEN GRANT %s ON %s TO %s%s; END IF; END $do$;',
            tables.name, entry.privilege_type, tables.name,
            CASE entry.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(role.rolname) END,
            CASE WHEN entry.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
        )
    FROM tables
    CROSS JOIN pg_catalog.aclexplode(tables.relacl) AS entry
    LEFT JOIN pg_catalog.pg_roles AS role ON role.oid = entry.grantee
    WHERE coalesce(role.rolname, 'public') NOT LIKE 'supabase\_%' AND entry.grantee <> tables.relowner
    UNION ALL
    SELECT 6, 'ACL', 'SCHEMA ' || nspname, nspname,
        'GRANT ' || entry.privilege_type || pg_catalog.format(' ON SCHEMA %I TO ', nspname)
        || CASE entry.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(role.rolname) END || ';'
    FROM platform
    CROSS JOIN pg_catalog.aclexplode(platform.nspacl) AS entry
    LEFT JOIN pg_catalog.pg_roles AS role ON role.oid = entry.grantee
    WHERE coalesce(role.rolname, 'public') NOT LIKE 'supabase\_%' AND entry.grantee <> platform.nspowner
)

SELECT kind, name, schema, statement FROM said ORDER BY place, schema, name, statement COLLATE "C"
