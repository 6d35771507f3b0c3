-- One row: who connected, whether the ledger's schema exists or could be made, and whether the role exists and may be set.
SELECT
    current_user::text,
    EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'migsafe') AS has_ledger,
    pg_catalog.has_database_privilege(current_database(), 'CREATE') AS may_create,
    EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = %(role)s::text) AS role_known,
    coalesce(
        (
            -- From 16 on membership and the right to SET ROLE are two things.
            SELECT pg_catalog.pg_has_role(
                current_user,
                role.oid,
                CASE WHEN pg_catalog.current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END
            )
            FROM pg_catalog.pg_roles AS role
            WHERE role.rolname = %(role)s::text
        ),
        false
    ) AS may_be;
