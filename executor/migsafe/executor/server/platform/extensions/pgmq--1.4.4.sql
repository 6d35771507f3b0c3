-- Stand-in for pgmq: queues are true tables (pgmq.q_NAME, pgmq.a_NAME) that can be sent to, read, archived and dropped.
-- Left out: partitioned queues (they become plain ones), topics, notify, long polling (read_with_poll looks once).

CREATE TABLE pgmq.meta (
    queue_name varchar NOT NULL UNIQUE,
    is_partitioned boolean NOT NULL,
    is_unlogged boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TYPE pgmq.message_record AS (
    msg_id bigint, read_ct integer, enqueued_at timestamptz, vt timestamptz, message jsonb
);
CREATE TYPE pgmq.queue_record AS (queue_name varchar, is_partitioned boolean, is_unlogged boolean, created_at timestamptz);
CREATE TYPE pgmq.metrics_result AS (
    queue_name text,
    queue_length bigint,
    newest_msg_age_sec integer,
    oldest_msg_age_sec integer,
    total_messages bigint,
    scrape_time timestamptz
);

CREATE FUNCTION pgmq.format_table_name(queue_name text, prefix text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
    IF queue_name ~ '\$|;|--|''' THEN
        RAISE EXCEPTION 'queue name contains invalid characters: $, ;, --, or ''';
    END IF;
    RETURN lower(prefix || '_' || queue_name);
END
$$;

-- `durability` is 'UNLOGGED' or nothing
CREATE FUNCTION pgmq.create_queue_tables(queue_name text, durability text) RETURNS void
    LANGUAGE plpgsql
AS $$
DECLARE
    q text := pgmq.format_table_name(queue_name, 'q');
    a text := pgmq.format_table_name(queue_name, 'a');
BEGIN
    EXECUTE format(
        'CREATE %s TABLE IF NOT EXISTS pgmq.%I (
            msg_id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
            read_ct integer NOT NULL DEFAULT 0,
            enqueued_at timestamptz NOT NULL DEFAULT now(),
            vt timestamptz NOT NULL,
            message jsonb
        )', durability, q);
    EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON pgmq.%I (vt)', q || '_vt_idx', q);
    EXECUTE format(
        'CREATE TABLE IF NOT EXISTS pgmq.%I (
            msg_id bigint PRIMARY KEY,
            read_ct integer NOT NULL DEFAULT 0,
            enqueued_at timestamptz NOT NULL DEFAULT now(),
            archived_at timestamptz NOT NULL DEFAULT now(),
            vt timestamptz NOT NULL,
            message jsonb
        )', a);
    EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON pgmq.%I (archived_at)', 'archived_at_idx_' || queue_name, a);
    INSERT INTO pgmq.meta VALUES (queue_name, false, durability = 'UNLOGGED') ON CONFLICT DO NOTHING;
END
$$;

CREATE FUNCTION pgmq.create_non_partitioned(queue_name text) RETURNS void
    LANGUAGE sql RETURN pgmq.create_queue_tables(queue_name, '');
CREATE FUNCTION pgmq.create_unlogged(queue_name text) RETURNS void
    LANGUAGE sql RETURN pgmq.create_queue_tables(queue_name, 'UNLOGGED');
CREATE FUNCTION pgmq.create_partitioned(
    queue_name text, partition_interval text DEFAULT '10000', retention_interval text DEFAULT '100000'
) RETURNS void
    LANGUAGE sql RETURN pgmq.create_queue_tables(queue_name, '');
CREATE FUNCTION pgmq."create"(queue_name text) RETURNS void
    LANGUAGE sql RETURN pgmq.create_queue_tables(queue_name, '');

CREATE FUNCTION pgmq.drop_queue(queue_name text) RETURNS boolean
    LANGUAGE plpgsql
AS $$
BEGIN
    EXECUTE format('DROP TABLE IF EXISTS pgmq.%I', pgmq.format_table_name(queue_name, 'q'));
    EXECUTE format('DROP TABLE IF EXISTS pgmq.%I', pgmq.format_table_name(queue_name, 'a'));
    DELETE FROM pgmq.meta WHERE meta.queue_name = drop_queue.queue_name;
    RETURN FOUND;
END
$$;

CREATE FUNCTION pgmq.list_queues() RETURNS SETOF pgmq.queue_record
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT queue_name, is_partitioned, is_unlogged, created_at FROM pgmq.meta;
END;

CREATE FUNCTION pgmq.send(queue_name text, msg jsonb, delay timestamptz) RETURNS SETOF bigint
    LANGUAGE plpgsql
AS $$
BEGIN
    RETURN QUERY EXECUTE
        format('INSERT INTO pgmq.%I (vt, message) VALUES ($1, $2) RETURNING msg_id', pgmq.format_table_name(queue_name, 'q'))
        USING delay, msg;
END
$$;

CREATE FUNCTION pgmq.send(queue_name text, msg jsonb, delay integer DEFAULT 0) RETURNS SETOF bigint
    LANGUAGE sql
BEGIN ATOMIC
    SELECT pgmq.send(queue_name, msg, clock_timestamp() + make_interval(secs => delay));
END;

CREATE FUNCTION pgmq.send_batch(queue_name text, msgs jsonb[], delay integer DEFAULT 0) RETURNS SETOF bigint
    LANGUAGE sql
BEGIN ATOMIC
    SELECT pgmq.send(queue_name, msg, delay) FROM unnest(msgs) AS msg;
END;

CREATE FUNCTION pgmq.read(queue_name text, vt integer, qty integer, conditional jsonb DEFAULT '{}')
RETURNS SETOF pgmq.message_record
    LANGUAGE plpgsql
AS $$
BEGIN
    RETURN QUERY EXECUTE format(
        'UPDATE pgmq.%1$I AS queue
        SET vt = clock_timestamp() + make_interval(secs => $1), read_ct = read_ct + 1
        WHERE msg_id IN (
            SELECT msg_id FROM pgmq.%1$I
            WHERE vt <= clock_timestamp() AND message @> $3
            ORDER BY msg_id LIMIT $2 FOR UPDATE SKIP LOCKED
        )
        RETURNING msg_id, read_ct, enqueued_at, vt, message',
        pgmq.format_table_name(queue_name, 'q')
    ) USING vt, qty, conditional;
END
$$;

CREATE FUNCTION pgmq.read_with_poll(
    queue_name text,
    vt integer,
    qty integer,
    max_poll_seconds integer DEFAULT 5,
    poll_interval_ms integer DEFAULT 100,
    conditional jsonb DEFAULT '{}'
) RETURNS SETOF pgmq.message_record
    LANGUAGE sql
BEGIN ATOMIC
    SELECT * FROM pgmq.read(queue_name, vt, qty, conditional);
END;

CREATE FUNCTION pgmq.pop(queue_name text) RETURNS SETOF pgmq.message_record
    LANGUAGE plpgsql
AS $$
BEGIN
    RETURN QUERY EXECUTE format(
        'DELETE FROM pgmq.%1$I
        WHERE msg_id = (
            SELECT msg_id FROM pgmq.%1$I WHERE vt <= clock_timestamp() ORDER BY msg_id LIMIT 1 FOR UPDATE SKIP LOCKED
        )
        RETURNING msg_id, read_ct, enqueued_at, vt, message',
        pgmq.format_table_name(queue_name, 'q')
    );
END
$$;

CREATE FUNCTION pgmq.archive(queue_name text, msg_ids bigint[]) RETURNS SETOF bigint
    LANGUAGE plpgsql
AS $$
BEGIN
    RETURN QUERY EXECUTE format(
        'WITH gone AS (DELETE FROM pgmq.%I WHERE msg_id = ANY ($1) RETURNING msg_id, read_ct, enqueued_at, vt, message)
        INSERT INTO pgmq.%I (msg_id, read_ct, enqueued_at, vt, message) SELECT * FROM gone RETURNING msg_id',
        pgmq.format_table_name(queue_name, 'q'),
        pgmq.format_table_name(queue_name, 'a')
    ) USING msg_ids;
END
$$;

CREATE FUNCTION pgmq.archive(queue_name text, msg_id bigint) RETURNS boolean
    LANGUAGE sql
    RETURN EXISTS (SELECT FROM pgmq.archive(queue_name, ARRAY[msg_id]));

CREATE FUNCTION pgmq.delete(queue_name text, msg_ids bigint[]) RETURNS SETOF bigint
    LANGUAGE plpgsql
AS $$
BEGIN
    RETURN QUERY EXECUTE
        format('DELETE FROM pgmq.%I WHERE msg_id = ANY ($1) RETURNING msg_id', pgmq.format_table_name(queue_name, 'q'))
        USING msg_ids;
END
$$;

CREATE FUNCTION pgmq.delete(queue_name text, msg_id bigint) RETURNS boolean
    LANGUAGE sql
    RETURN EXISTS (SELECT FROM pgmq.delete(queue_name, ARRAY[msg_id]));

CREATE FUNCTION pgmq.set_vt(queue_name text, msg_id bigint, vt integer) RETURNS SETOF pgmq.message_record
    LANGUAGE plpgsql
AS $$
BEGIN
    RETURN QUERY EXECUTE format(
        'UPDATE pgmq.%I SET vt = clock_timestamp() + make_interval(secs => $1) WHERE msg_id = $2
        RETURNING msg_id, read_ct, enqueued_at, vt, message',
        pgmq.format_table_name(queue_name, 'q')
    ) USING vt, msg_id;
END
$$;

CREATE FUNCTION pgmq.purge_queue(queue_name text) RETURNS bigint
    LANGUAGE plpgsql
AS $$
DECLARE
    gone bigint;
BEGIN
    EXECUTE format('DELETE FROM pgmq.%I', pgmq.format_table_name(queue_name, 'q'));
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END
$$;

CREATE FUNCTION pgmq.metrics(queue_name text) RETURNS pgmq.metrics_result
    LANGUAGE plpgsql
AS $$
DECLARE
    result pgmq.metrics_result;
BEGIN
    EXECUTE format(
        'SELECT $1, count(*), extract(epoch FROM now() - max(enqueued_at))::integer,
            extract(epoch FROM now() - min(enqueued_at))::integer, coalesce(max(msg_id), 0), now()
        FROM pgmq.%I',
        pgmq.format_table_name(queue_name, 'q')
    ) INTO result USING queue_name;
    RETURN result;
END
$$;

-- Queues are made by whoever calls create(), so that role creates tables here.
GRANT USAGE ON SCHEMA pgmq TO PUBLIC;
GRANT ALL ON SCHEMA pgmq TO @extowner@ WITH GRANT OPTION;
GRANT ALL ON pgmq.meta TO @extowner@ WITH GRANT OPTION;
