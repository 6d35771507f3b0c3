-- One row for each ALTER DEFAULT PRIVILEGES that holds in one of the schemas or everywhere.
SELECT
    pg_default_acl.oid::bigint,
    pg_get_userbyid(defaclrole) AS role,
    nspname AS schema_name,
    CASE defaclobjtype
        WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types'
        WHEN 'n' THEN 'schemas' ELSE 'large objects'
    END AS objects
FROM pg_default_acl
LEFT JOIN pg_namespace ON pg_namespace.oid = defaclnamespace
WHERE defaclnamespace = 0 OR nspname = ANY(%(schemas)s);
