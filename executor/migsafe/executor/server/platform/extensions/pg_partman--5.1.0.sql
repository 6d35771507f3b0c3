-- Stand-in for pg_partman: a parent that is handed over is recorded, and gets a default partition so that it takes rows.
-- It makes no other partitions and drops none; maintenance does nothing.

CREATE TABLE part_config (
    parent_table text NOT NULL PRIMARY KEY,
    control text NOT NULL,
    partition_interval text NOT NULL,
    partition_type text NOT NULL,
    premake integer NOT NULL DEFAULT 4,
    automatic_maintenance text NOT NULL DEFAULT 'on',
    template_table text,
    retention text,
    retention_schema text,
    retention_keep_index boolean NOT NULL DEFAULT true,
    retention_keep_table boolean NOT NULL DEFAULT true,
    epoch text NOT NULL DEFAULT 'none',
    constraint_cols text[],
    optimize_constraint integer NOT NULL DEFAULT 30,
    infinite_time_partitions boolean NOT NULL DEFAULT false,
    datetime_string text,
    jobmon boolean NOT NULL DEFAULT true,
    undo_in_progress boolean NOT NULL DEFAULT false,
    inherit_privileges boolean DEFAULT false,
    ignore_default_data boolean NOT NULL DEFAULT true,
    date_trunc_interval text
);

CREATE FUNCTION create_parent(
    p_parent_table text,
    p_control text,
    p_interval text,
    p_type text DEFAULT 'range',
    p_epoch text DEFAULT 'none',
    p_premake integer DEFAULT 4,
    p_start_partition text DEFAULT NULL,
    p_default_table boolean DEFAULT true,
    p_automatic_maintenance text DEFAULT 'on',
    p_constraint_cols text[] DEFAULT NULL,
    p_template_table text DEFAULT NULL,
    p_jobmon boolean DEFAULT true,
    p_date_trunc_interval text DEFAULT NULL
) RETURNS boolean
    LANGUAGE plpgsql
AS $$
DECLARE
    partition_name text := left(split_part(p_parent_table, '.', -1), 55) || '_default';
BEGIN
    INSERT INTO @extschema@.part_config (parent_table, control, partition_interval, partition_type, premake, epoch, template_table)
    VALUES (p_parent_table, p_control, p_interval, p_type, p_premake, p_epoch, p_template_table);
    IF p_default_table THEN
        EXECUTE format(
            'CREATE TABLE IF NOT EXISTS %I.%I PARTITION OF %s DEFAULT',
            (SELECT relnamespace::regnamespace::name FROM pg_catalog.pg_class WHERE oid = p_parent_table::regclass),
            partition_name,
            p_parent_table::regclass
        );
    END IF;
    RETURN true;
END
$$;

CREATE FUNCTION run_maintenance(p_parent_table text DEFAULT NULL, p_analyze boolean DEFAULT false, p_jobmon boolean DEFAULT true)
RETURNS void LANGUAGE sql AS 'SELECT';
CREATE PROCEDURE run_maintenance_proc(p_wait integer DEFAULT 0, p_analyze boolean DEFAULT NULL, p_jobmon boolean DEFAULT true)
    LANGUAGE sql AS 'SELECT';
CREATE FUNCTION partition_data_time(p_parent_table text, p_batch_count integer DEFAULT 1) RETURNS bigint LANGUAGE sql RETURN 0;
CREATE PROCEDURE partition_data_proc(p_parent_table text, p_loop_count integer DEFAULT NULL) LANGUAGE sql AS 'SELECT';

GRANT ALL ON part_config TO @extowner@ WITH GRANT OPTION;
