-- Stand-in for timescaledb: a hypertable stays the ordinary table that it was, and policies get a number and do nothing.
-- What it does not do: chunks, compression, retention, continuous aggregates. `WITH (timescaledb.continuous)` and
-- `SET (timescaledb.compress)` are refused by PostgreSQL itself, as only C code can declare them.
-- time_bucket of a plain interval, first and last are true.

CREATE SEQUENCE timescale_stand_in_number;
GRANT USAGE ON SEQUENCE timescale_stand_in_number TO PUBLIC;

CREATE FUNCTION create_hypertable(
    relation regclass,
    time_column_name name,
    partitioning_column name DEFAULT NULL,
    number_partitions integer DEFAULT NULL,
    associated_schema_name name DEFAULT NULL,
    associated_table_prefix name DEFAULT NULL,
    chunk_time_interval anyelement DEFAULT NULL::bigint,
    create_default_indexes boolean DEFAULT true,
    if_not_exists boolean DEFAULT false,
    partitioning_func regproc DEFAULT NULL,
    migrate_data boolean DEFAULT false
) RETURNS TABLE (hypertable_id integer, schema_name name, table_name name, created boolean)
    LANGUAGE plpgsql SET client_min_messages = warning
AS $$
DECLARE
    index_name name;
BEGIN
    SELECT namespace.nspname, class.relname INTO schema_name, table_name
    FROM pg_catalog.pg_class AS class JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
    WHERE class.oid = relation;
    IF create_default_indexes THEN
        index_name := left(table_name || '_' || time_column_name || '_idx', 63);
        EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON %s (%I DESC)', index_name, relation, time_column_name);
    END IF;
    hypertable_id := nextval('@extschema@.timescale_stand_in_number');
    created := true;
    RETURN NEXT;
END
$$;

CREATE TYPE dimension_info AS (column_name name, chunk_interval text);
CREATE FUNCTION by_range(column_name name, partition_interval anyelement DEFAULT NULL::bigint) RETURNS dimension_info
    LANGUAGE sql IMMUTABLE AS $$ SELECT column_name, partition_interval::text $$;
CREATE FUNCTION by_hash(column_name name, number_partitions integer) RETURNS dimension_info
    LANGUAGE sql IMMUTABLE RETURN ROW(column_name, number_partitions::text)::dimension_info;
CREATE FUNCTION create_hypertable(
    relation regclass,
    dimension dimension_info,
    create_default_indexes boolean DEFAULT true,
    if_not_exists boolean DEFAULT false,
    migrate_data boolean DEFAULT false
) RETURNS TABLE (hypertable_id integer, created boolean)
    LANGUAGE sql
BEGIN ATOMIC
    SELECT made.hypertable_id, made.created
    FROM create_hypertable(
        relation, (dimension).column_name, chunk_time_interval => 0::bigint, create_default_indexes => create_default_indexes
    ) AS made;
END;

-- Each policy is a number; nothing runs.
DO $$
DECLARE
    signature text;
BEGIN
    FOREACH signature IN ARRAY ARRAY[
        'add_retention_policy(relation regclass, drop_after anyelement DEFAULT NULL::interval, if_not_exists boolean DEFAULT false, schedule_interval interval DEFAULT NULL)',
        'add_compression_policy(hypertable regclass, compress_after anyelement DEFAULT NULL::interval, if_not_exists boolean DEFAULT false, schedule_interval interval DEFAULT NULL)',
        'add_columnstore_policy(hypertable regclass, after anyelement DEFAULT NULL::interval, if_not_exists boolean DEFAULT false)',
        'add_reorder_policy(hypertable regclass, index_name name, if_not_exists boolean DEFAULT false)',
        'add_job(proc regproc, schedule_interval interval, config jsonb DEFAULT NULL)'
    ] LOOP
        EXECUTE format(
            'CREATE FUNCTION %s RETURNS integer LANGUAGE sql AS %L',
            signature,
            'SELECT nextval(''@extschema@.timescale_stand_in_number'')::integer'
        );
    END LOOP;
    FOREACH signature IN ARRAY ARRAY[
        'remove_retention_policy(relation regclass, if_exists boolean DEFAULT false)',
        'remove_compression_policy(hypertable regclass, if_exists boolean DEFAULT false)',
        'remove_reorder_policy(hypertable regclass, if_exists boolean DEFAULT false)',
        'delete_job(job_id integer)',
        'set_chunk_time_interval(hypertable regclass, chunk_time_interval anyelement)',
        'detach_tablespace(tablespace name)'
    ] LOOP
        EXECUTE format('CREATE FUNCTION %s RETURNS void LANGUAGE sql AS %L', signature, 'SELECT');
    END LOOP;
END
$$;

CREATE FUNCTION show_chunks(relation regclass, older_than anyelement DEFAULT NULL::interval) RETURNS SETOF regclass
    LANGUAGE sql AS $$ SELECT NULL::regclass WHERE false $$;
CREATE FUNCTION drop_chunks(relation regclass, older_than anyelement DEFAULT NULL::interval) RETURNS SETOF text
    LANGUAGE sql AS $$ SELECT NULL::text WHERE false $$;

CREATE FUNCTION time_bucket(bucket_width interval, ts timestamptz) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN date_bin(bucket_width, ts, timestamptz '2000-01-03 00:00:00+00');
CREATE FUNCTION time_bucket(bucket_width interval, ts timestamp) RETURNS timestamp
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN date_bin(bucket_width, ts, timestamp '2000-01-03 00:00:00');
CREATE FUNCTION time_bucket(bucket_width interval, ts date) RETURNS date
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN date_bin(bucket_width, ts::timestamp, timestamp '2000-01-03 00:00:00')::date;
CREATE FUNCTION time_bucket(bucket_width bigint, ts bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN ts - ((ts % bucket_width) + bucket_width) % bucket_width;

-- The value of the earliest and of the latest row: kept as an array of text of two, with its time.
CREATE FUNCTION timescale_first(state jsonb, value anyelement, moment timestamptz) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT CASE WHEN state IS NULL OR moment < (state ->> 1)::timestamptz THEN jsonb_build_array(value, moment) ELSE state END $$;
CREATE FUNCTION timescale_last(state jsonb, value anyelement, moment timestamptz) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT CASE WHEN state IS NULL OR moment > (state ->> 1)::timestamptz THEN jsonb_build_array(value, moment) ELSE state END $$;
CREATE FUNCTION timescale_value(state jsonb, value anyelement, moment timestamptz) RETURNS anyelement
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
BEGIN
    value := state ->> 0;
    RETURN value;
END
$$;
CREATE AGGREGATE first(anyelement, timestamptz) (
    SFUNC = timescale_first, STYPE = jsonb, FINALFUNC = timescale_value, FINALFUNC_EXTRA
);
CREATE AGGREGATE last(anyelement, timestamptz) (
    SFUNC = timescale_last, STYPE = jsonb, FINALFUNC = timescale_value, FINALFUNC_EXTRA
);
