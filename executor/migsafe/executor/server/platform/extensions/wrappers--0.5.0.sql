-- Stand-in for wrappers: handlers and validators exist, so wrappers, servers and foreign tables can be created.
-- Any option is taken. A query of a foreign table fails, because there is nobody to ask.

DO $$
DECLARE
    source text;
BEGIN
    FOREACH source IN ARRAY ARRAY[
        'airtable', 'auth0', 'big_query', 'click_house', 'cognito', 'duckdb', 'firebase', 'hello_world', 'iceberg',
        'logflare', 'mssql', 'redis', 's3', 's3_vectors', 'stripe', 'wasm'
    ] LOOP
        -- The C function behind it is one that raises "cannot accept a value of type fdw_handler" whenever it is called.
        EXECUTE format(
            'CREATE FUNCTION %I() RETURNS fdw_handler AS ''fdw_handler_in'' LANGUAGE internal STRICT', source || '_fdw_handler'
        );
        EXECUTE format(
            'CREATE FUNCTION %I(options text[], catalog oid) RETURNS void LANGUAGE sql RETURN NULL', source || '_fdw_validator'
        );
    END LOOP;
END
$$;

CREATE TABLE wrappers_fdw_stats (
    fdw_name text NOT NULL PRIMARY KEY,
    create_times bigint,
    rows_in bigint,
    rows_out bigint,
    bytes_in bigint,
    bytes_out bigint,
    metadata jsonb,
    created_at timestamptz NOT NULL DEFAULT timezone('utc', now()),
    updated_at timestamptz NOT NULL DEFAULT timezone('utc', now())
);
GRANT ALL ON wrappers_fdw_stats TO @extowner@ WITH GRANT OPTION;
