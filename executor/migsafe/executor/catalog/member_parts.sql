-- One row for each part of a relation that may need another object: its catalog and number, the relation's number, kind and
-- name of the part; these two are null for the rule that is a view itself.
SELECT
    'pg_rewrite' AS class,
    oid::bigint,
    ev_class::bigint AS relation,
    CASE rulename WHEN '_RETURN' THEN NULL ELSE 'rule' END AS kind,
    CASE rulename WHEN '_RETURN' THEN NULL ELSE rulename END AS name
FROM pg_rewrite
WHERE oid >= 16384
UNION ALL
SELECT 'pg_policy', oid, polrelid, 'policy', polname FROM pg_policy
UNION ALL
SELECT 'pg_trigger', oid, tgrelid, 'trigger', tgname FROM pg_trigger WHERE NOT tgisinternal
UNION ALL
SELECT
    'pg_attrdef', pg_attrdef.oid, adrelid, CASE attgenerated WHEN '' THEN 'default' ELSE 'column' END,
    attname
FROM pg_attrdef
JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum
UNION ALL
SELECT 'pg_constraint', oid, conrelid, 'constraint', conname
FROM pg_constraint
WHERE contype IN ('f', 'c');
