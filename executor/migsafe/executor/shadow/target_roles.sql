-- One row for each ordinary role of the target: name, whether it is a superuser, what its attributes allow, the roles that it
-- is a member of, and whether it is the one that is connected, or owns the database.
SELECT
    role.rolname::text,
    role.rolsuper,
    concat_ws(
        ' ',
        CASE WHEN role.rolcreatedb THEN 'CREATEDB' END,
        CASE WHEN role.rolcreaterole THEN 'CREATEROLE' END,
        CASE WHEN role.rolbypassrls THEN 'BYPASSRLS' END,
        CASE WHEN role.rolreplication THEN 'REPLICATION' END,
        CASE WHEN NOT role.rolinherit THEN 'NOINHERIT' END
    ),
    ARRAY(
        SELECT parent.rolname::text FROM pg_catalog.pg_auth_members AS membership
        JOIN pg_catalog.pg_roles AS parent ON parent.oid = membership.roleid
        WHERE membership.member = role.oid ORDER BY 1
    ),
    role.rolname = session_user,
    role.oid = (SELECT datdba FROM pg_catalog.pg_database WHERE datname = current_database())
FROM pg_catalog.pg_roles AS role
WHERE role.rolname !~ '^pg_'
ORDER BY role.rolname
