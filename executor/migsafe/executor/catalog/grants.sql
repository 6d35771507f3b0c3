-- One row for each grantee and grantor on an object of the schemas or relations: its catalog, number, part (attnum or 0),
-- the privileges and those WITH GRANT OPTION. Rights that stand in no list are the built-in ones of the kind. The owner
-- has a row only where he lacks some right, with no privilege where he lacks all.
WITH owned (class, oid, part, owner, usual, acl) AS (
    SELECT
        'pg_class', oid, 0, relowner,
        acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner), relacl
    FROM pg_class
    JOIN unnest(%(relations)s::oid[]) AS wanted (oid) USING (oid)
    WHERE relacl IS NOT NULL
    UNION ALL
    SELECT 'pg_class', attrelid, attnum, 0, NULL, attacl
    FROM pg_attribute
    JOIN unnest(%(relations)s::oid[]) AS wanted (oid) ON wanted.oid = attrelid
    WHERE attacl IS NOT NULL AND NOT attisdropped
    UNION ALL
    SELECT 'pg_proc', pg_proc.oid, 0, proowner, acldefault('f', proowner), proacl
    FROM pg_proc
    JOIN pg_namespace ON pg_namespace.oid = pronamespace
    WHERE nspname = ANY(%(schemas)s)
    UNION ALL
    SELECT 'pg_type', pg_type.oid, 0, typowner, acldefault('T', typowner), typacl
    FROM pg_type
    JOIN pg_namespace ON pg_namespace.oid = typnamespace
    LEFT JOIN pg_class ON pg_class.oid = typrelid
    WHERE nspname = ANY(%(schemas)s) AND (typtype IN ('e', 'd', 'r') OR relkind = 'c')
    UNION ALL
    SELECT 'pg_namespace', oid, 0, nspowner, acldefault('n', nspowner), nspacl
    FROM pg_namespace
    WHERE nspname = ANY(%(schemas)s)
    UNION ALL
    SELECT 'pg_foreign_data_wrapper', oid, 0, fdwowner, acldefault('F', fdwowner), fdwacl
    FROM pg_foreign_data_wrapper
    UNION ALL
    SELECT 'pg_foreign_server', oid, 0, srvowner, acldefault('S', srvowner), srvacl
    FROM pg_foreign_server
    UNION ALL
    SELECT
        'pg_default_acl', oid, 0, defaclrole,
        CASE
            WHEN defaclnamespace = 0
                THEN acldefault(CASE defaclobjtype WHEN 'S' THEN 's' ELSE defaclobjtype END, defaclrole)
        END,
        defaclacl
    FROM pg_default_acl
)

SELECT
    owned.class,
    owned.oid::bigint,
    owned.part,
    CASE given.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(given.grantee) END::text AS grantee,
    pg_get_userbyid(given.grantor)::text AS grantor,
    coalesce(
        array_agg(given.privilege_type ORDER BY given.privilege_type) FILTER (WHERE given.privilege_type IS NOT NULL),
        '{}'
    ) AS privileges,
    coalesce(
        array_agg(given.privilege_type ORDER BY given.privilege_type) FILTER (WHERE given.is_grantable), '{}'
    ) AS grantable
FROM owned
CROSS JOIN LATERAL (
    SELECT grantee, grantor, privilege_type, is_grantable
    FROM aclexplode(coalesce(owned.acl, owned.usual))
    UNION ALL
    SELECT owned.owner, owned.owner, NULL, false
    WHERE owned.usual IS NOT NULL
) AS given
CROSS JOIN LATERAL (
    SELECT count(*) AS rights FROM aclexplode(owned.usual) AS own WHERE own.grantee = owned.owner
) AS full_set
GROUP BY owned.class, owned.oid, owned.part, owned.owner, full_set.rights, given.grantee, given.grantor
HAVING
    given.grantee <> owned.owner OR given.grantor <> owned.owner OR count(given.privilege_type) <> full_set.rights
ORDER BY 4, 5;
