-- Stand-in for pgtap: plan, ok, is, isnt, pass, fail, finish, lives_ok, throws_ok and the commonest has_... answer truly.
-- The other several hundred assertions are left out.

CREATE FUNCTION plan(integer) RETURNS text LANGUAGE sql RETURN '1..' || $1;
CREATE FUNCTION no_plan() RETURNS SETOF boolean LANGUAGE sql AS 'SELECT NULL::boolean WHERE false';
CREATE FUNCTION finish(exception_on_failure boolean DEFAULT NULL) RETURNS SETOF text LANGUAGE sql AS 'SELECT NULL::text WHERE false';
CREATE FUNCTION ok(boolean, text DEFAULT '') RETURNS text
    LANGUAGE sql RETURN CASE WHEN $1 THEN 'ok' ELSE 'not ok' END || CASE WHEN $2 = '' THEN '' ELSE ' - ' || $2 END;
CREATE FUNCTION pass(text DEFAULT '') RETURNS text LANGUAGE sql RETURN ok(true, $1);
CREATE FUNCTION fail(text DEFAULT '') RETURNS text LANGUAGE sql RETURN ok(false, $1);
CREATE FUNCTION "is"(anyelement, anyelement, text DEFAULT '') RETURNS text LANGUAGE sql AS 'SELECT ok($1 IS NOT DISTINCT FROM $2, $3)';
CREATE FUNCTION isnt(anyelement, anyelement, text DEFAULT '') RETURNS text LANGUAGE sql AS 'SELECT ok($1 IS DISTINCT FROM $2, $3)';
CREATE FUNCTION diag(text) RETURNS text LANGUAGE sql RETURN '# ' || $1;
CREATE FUNCTION has_schema(name, text DEFAULT '') RETURNS text LANGUAGE sql RETURN ok(to_regnamespace(quote_ident($1)) IS NOT NULL, $2);
CREATE FUNCTION has_table(name, text DEFAULT '') RETURNS text LANGUAGE sql RETURN ok(to_regclass(quote_ident($1)) IS NOT NULL, $2);
CREATE FUNCTION has_table(name, name, text DEFAULT '') RETURNS text
    LANGUAGE sql RETURN ok(to_regclass(quote_ident($1) || '.' || quote_ident($2)) IS NOT NULL, $3);
CREATE FUNCTION has_column(name, name, name, text DEFAULT '') RETURNS text
    LANGUAGE sql RETURN ok(EXISTS (
        SELECT FROM pg_attribute WHERE attrelid = to_regclass(quote_ident($1) || '.' || quote_ident($2)) AND attname = $3 AND NOT attisdropped
    ), $4);
CREATE FUNCTION has_function(name, name, text DEFAULT '') RETURNS text
    LANGUAGE sql RETURN ok(EXISTS (SELECT FROM pg_proc WHERE pronamespace = to_regnamespace(quote_ident($1)) AND proname = $2), $3);

CREATE FUNCTION lives_ok(text, text DEFAULT '') RETURNS text
    LANGUAGE plpgsql
AS $$
BEGIN
    EXECUTE $1;
    RETURN 'ok - ' || $2;
EXCEPTION WHEN OTHERS THEN
    RETURN 'not ok - ' || $2;
END
$$;
CREATE FUNCTION throws_ok(text, char(5), text DEFAULT NULL, text DEFAULT '') RETURNS text
    LANGUAGE plpgsql
AS $$
BEGIN
    EXECUTE $1;
    RETURN 'not ok - ' || $4;
EXCEPTION WHEN OTHERS THEN
    RETURN CASE WHEN SQLSTATE = $2 OR $2 IS NULL THEN 'ok - ' ELSE 'not ok - ' END || $4;
END
$$;
