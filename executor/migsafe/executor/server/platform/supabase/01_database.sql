-- What belongs to the database as a whole. CREATE DATABASE ... TEMPLATE copies neither owner nor settings,
-- so this file runs at every bootstrap: calling it on a copy makes the copy right.

DO $$
BEGIN
    EXECUTE format('ALTER DATABASE %I OWNER TO postgres', current_database());
    EXECUTE format('ALTER DATABASE %I SET search_path TO "$user", public, extensions', current_database());
    EXECUTE format('GRANT ALL ON DATABASE %I TO dashboard_user', current_database());
    -- auth and storage migrate themselves on the platform and create their objects as these
    EXECUTE format('GRANT CREATE ON DATABASE %I TO supabase_auth_admin, supabase_storage_admin', current_database());
END
$$;
