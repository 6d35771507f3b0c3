-- Stand-in for plv8: functions in JavaScript can be created, replaced, granted and dropped.
-- Their text is kept unread and cannot be run: a call and a DO block fail, as PL/pgSQL cannot read JavaScript.

CREATE FUNCTION plv8_call_handler() RETURNS language_handler AS '$libdir/plpgsql', 'plpgsql_call_handler' LANGUAGE c;
CREATE TRUSTED LANGUAGE plv8 HANDLER plv8_call_handler;
CREATE FUNCTION plv8_version() RETURNS text LANGUAGE sql IMMUTABLE RETURN '3.1.10';
