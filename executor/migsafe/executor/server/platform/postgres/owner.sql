-- The role as which migrations of a plain PostgreSQL run: owner of the database, may create roles and databases, no superuser.
-- A role belongs to the whole server and the owner is not copied with a database, so this file runs at every bootstrap.

LOCK TABLE pg_catalog.pg_authid IN SHARE ROW EXCLUSIVE MODE;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'postgres') THEN
        CREATE ROLE postgres LOGIN CREATEDB CREATEROLE REPLICATION BYPASSRLS;
    END IF;
    EXECUTE format('ALTER DATABASE %I OWNER TO postgres', current_database());
    -- Before PostgreSQL 15 the schema belongs to the superuser, since then to whoever owns the database.
    IF current_setting('server_version_num')::integer < 150000 THEN
        ALTER SCHEMA public OWNER TO postgres;
    END IF;
    -- A superuser needs none of these, and a role cannot be granted to itself by way of its members.
    IF NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = 'postgres') THEN
        GRANT pg_monitor, pg_signal_backend TO postgres WITH ADMIN OPTION;
        -- Since PostgreSQL 14.
        IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'pg_read_all_data') THEN
            GRANT pg_read_all_data TO postgres WITH ADMIN OPTION;
        END IF;
    END IF;
END
$$;
