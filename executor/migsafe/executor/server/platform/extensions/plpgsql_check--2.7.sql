-- Stand-in for plpgsql_check: the two functions that are called from tests and migrations exist. They find no fault with anything.

CREATE FUNCTION plpgsql_check_function(
    funcoid regprocedure, relid regclass DEFAULT 0, format text DEFAULT 'text', fatal_errors boolean DEFAULT true,
    other_warnings boolean DEFAULT true, performance_warnings boolean DEFAULT false, extra_warnings boolean DEFAULT true
) RETURNS SETOF text
    LANGUAGE sql BEGIN ATOMIC SELECT NULL::text WHERE false; END;

CREATE FUNCTION plpgsql_check_function_tb(
    funcoid regprocedure, relid regclass DEFAULT 0, fatal_errors boolean DEFAULT true,
    other_warnings boolean DEFAULT true, performance_warnings boolean DEFAULT false, extra_warnings boolean DEFAULT true
) RETURNS TABLE (
    functionid regproc, lineno integer, statement text, sqlstate text, message text, detail text, hint text,
    level text, "position" integer, query text, context text
)
    LANGUAGE sql
AS 'SELECT NULL::regproc, NULL::integer, NULL::text, NULL::text, NULL::text, NULL::text, NULL::text,
    NULL::text, NULL::integer, NULL::text, NULL::text WHERE false';
