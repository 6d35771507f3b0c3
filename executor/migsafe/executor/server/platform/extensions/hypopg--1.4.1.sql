-- Stand-in for hypopg: the functions exist. No hypothetical index is ever made, so the planner sees none.

CREATE FUNCTION hypopg_create_index(sql_order text, OUT indexrelid oid, OUT indexname text) RETURNS SETOF record
    LANGUAGE sql BEGIN ATOMIC SELECT NULL::oid, NULL::text WHERE false; END;
CREATE FUNCTION hypopg(
    OUT indexname text, OUT indexrelid oid, OUT indrelid oid, OUT innatts integer, OUT indisunique boolean,
    OUT indkey int2vector, OUT indcollation oidvector, OUT indclass oidvector, OUT indoption oidvector,
    OUT indexprs pg_node_tree, OUT indpred pg_node_tree, OUT amid oid
) RETURNS SETOF record
    LANGUAGE sql
AS 'SELECT NULL::text, NULL::oid, NULL::oid, NULL::integer, NULL::boolean, NULL::int2vector, NULL::oidvector,
    NULL::oidvector, NULL::oidvector, NULL::pg_node_tree, NULL::pg_node_tree, NULL::oid WHERE false';
CREATE FUNCTION hypopg_drop_index(indexid oid) RETURNS boolean LANGUAGE sql RETURN false;
CREATE FUNCTION hypopg_reset() RETURNS void LANGUAGE sql RETURN NULL;
CREATE FUNCTION hypopg_reset_index() RETURNS void LANGUAGE sql RETURN NULL;
CREATE FUNCTION hypopg_relation_size(indexid oid) RETURNS bigint LANGUAGE sql RETURN 0::bigint;
CREATE FUNCTION hypopg_get_indexdef(indexid oid) RETURNS text LANGUAGE sql RETURN NULL::text;
CREATE FUNCTION hypopg_hide_index(indexid oid) RETURNS boolean LANGUAGE sql RETURN false;
CREATE FUNCTION hypopg_unhide_index(indexid oid) RETURNS boolean LANGUAGE sql RETURN false;
CREATE FUNCTION hypopg_unhide_all_indexes() RETURNS void LANGUAGE sql RETURN NULL;

CREATE VIEW hypopg_list_indexes AS
SELECT NULL::oid AS indexrelid, NULL::text AS index_name, NULL::name AS schema_name, NULL::name AS table_name, NULL::name AS am_name
WHERE false;
