-- What the roles of a scratch server may do and how they are set, as three rows: kind, and a list. `attributes`: name and what
-- CREATE ROLE says of it. `settings`: name and name=value, for all databases. `members`: role, member, and the rest of GRANT.
WITH role AS (
    SELECT * FROM pg_catalog.pg_authid WHERE rolname !~ '^migsafe parked '
),

member AS (
    SELECT granted.rolname AS role, holder.rolname AS member, to_jsonb(pg_auth_members) AS told,
        grantor.rolname AS grantor
    FROM pg_catalog.pg_auth_members
    JOIN role AS granted ON granted.oid = pg_auth_members.roleid
    JOIN role AS holder ON holder.oid = pg_auth_members.member
    LEFT JOIN pg_catalog.pg_authid AS grantor ON grantor.oid = pg_auth_members.grantor
    WHERE holder.oid >= 16384
)

SELECT 'attributes' AS kind, coalesce(json_agg(json_build_array(
    rolname, concat_ws(
        ' ',
        CASE WHEN rolsuper THEN 'SUPERUSER' ELSE 'NOSUPERUSER' END,
        CASE WHEN rolinherit THEN 'INHERIT' ELSE 'NOINHERIT' END,
        CASE WHEN rolcreaterole THEN 'CREATEROLE' ELSE 'NOCREATEROLE' END,
        CASE WHEN rolcreatedb THEN 'CREATEDB' ELSE 'NOCREATEDB' END,
        CASE WHEN rolcanlogin THEN 'LOGIN' ELSE 'NOLOGIN' END,
        CASE WHEN rolreplication THEN 'REPLICATION' ELSE 'NOREPLICATION' END,
        CASE WHEN rolbypassrls THEN 'BYPASSRLS' ELSE 'NOBYPASSRLS' END,
        'CONNECTION LIMIT ' || rolconnlimit
    )
) ORDER BY rolname), '[]') AS list
FROM role WHERE oid >= 16384
UNION ALL
SELECT 'settings', coalesce(json_agg(json_build_array(rolname, setting) ORDER BY rolname, setting), '[]')
FROM pg_catalog.pg_db_role_setting
JOIN role ON role.oid = setrole
CROSS JOIN unnest(setconfig) AS setting
WHERE setdatabase = 0 AND role.oid >= 16384
UNION ALL
SELECT 'members', coalesce(json_agg(json_build_array(
    role, member,
    CASE
        WHEN told ? 'set_option' THEN format(
            'WITH ADMIN %s, INHERIT %s, SET %s', told ->> 'admin_option', told ->> 'inherit_option', told ->> 'set_option'
        )
        WHEN (told ->> 'admin_option')::boolean THEN 'WITH ADMIN OPTION' ELSE ''
    END,
    CASE WHEN told ? 'set_option' THEN grantor END
) ORDER BY role, member, grantor), '[]')
FROM member
