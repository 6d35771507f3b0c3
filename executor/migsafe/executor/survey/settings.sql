-- One row of no interest: until the transaction ends, definitions are spelled in one way whatever the session's settings.
-- Compiling queries on the catalog (jit) takes longer than running them.
SELECT
    set_config('search_path', 'pg_catalog', true),
    set_config('timezone', 'UTC', true),
    set_config('datestyle', 'ISO, YMD', true),
    set_config('intervalstyle', 'iso_8601', true),
    set_config('extra_float_digits', '1', true),
    set_config('bytea_output', 'hex', true),
    set_config('quote_all_identifiers', 'off', true),
    set_config('jit', 'off', true),
    set_config('lock_timeout', '5s', true);
