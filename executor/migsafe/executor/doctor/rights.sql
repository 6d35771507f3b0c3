-- One row: may this role make the schema migsafe (or is it there), and which managed schemas hold relations of roles that
-- it is no member of.
SELECT
    has_database_privilege(current_database(), 'CREATE') OR to_regnamespace('migsafe') IS NOT NULL AS may_create,
    ARRAY(
        SELECT DISTINCT format('%%I (%%I)', namespace.nspname, pg_get_userbyid(relation.relowner))
        FROM pg_class AS relation
        JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
        WHERE namespace.nspname = ANY(%(schemas)s) AND NOT pg_has_role(relation.relowner, 'USAGE')
        ORDER BY 1
    ) AS foreign_owners;
