-- Schema storage, continued: versions of objects, buckets of other kinds, listing by prefix, and the guards of the service.

SET LOCAL ROLE supabase_storage_admin;

ALTER TABLE storage.buckets ADD COLUMN versioning_status text NOT NULL DEFAULT 'DISABLED';
ALTER TABLE storage.objects
    ADD COLUMN is_versioned boolean NOT NULL DEFAULT false,
    ADD COLUMN is_delete_marker boolean NOT NULL DEFAULT false,
    ADD COLUMN archived_at timestamptz;
ALTER TABLE storage.s3_multipart_uploads ADD COLUMN metadata jsonb;

-- Was there from 2025-04 to 2025-10; histories of that time grant on it.
CREATE TABLE storage.prefixes (
    bucket_id text NOT NULL CONSTRAINT "prefixes_bucketId_fkey" REFERENCES storage.buckets (id),
    name text NOT NULL COLLATE "C",
    level integer NOT NULL GENERATED ALWAYS AS (cardinality(string_to_array(name, '/'))) STORED,
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now(),
    PRIMARY KEY (bucket_id, level, name)
);

CREATE TABLE storage.buckets_analytics (
    name text NOT NULL,
    type storage.buckettype NOT NULL DEFAULT 'ANALYTICS',
    format text NOT NULL DEFAULT 'ICEBERG',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    id uuid NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
    deleted_at timestamptz
);
CREATE UNIQUE INDEX buckets_analytics_unique_name_idx ON storage.buckets_analytics (name) WHERE deleted_at IS NULL;

CREATE TABLE storage.buckets_vectors (
    id text NOT NULL PRIMARY KEY,
    type storage.buckettype NOT NULL DEFAULT 'VECTOR',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE storage.vector_indexes (
    id text NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
    name text NOT NULL COLLATE "C",
    bucket_id text NOT NULL REFERENCES storage.buckets_vectors (id),
    data_type text NOT NULL,
    dimension integer NOT NULL,
    distance_metric text NOT NULL,
    metadata_configuration jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

ALTER TABLE storage.prefixes ENABLE ROW LEVEL SECURITY;
ALTER TABLE storage.buckets_analytics ENABLE ROW LEVEL SECURITY;
ALTER TABLE storage.buckets_vectors ENABLE ROW LEVEL SECURITY;
ALTER TABLE storage.vector_indexes ENABLE ROW LEVEL SECURITY;

-- 'a/b/photo.png' -> a/b
CREATE FUNCTION storage.get_prefix(name text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT
    RETURN array_to_string(storage.foldername(name), '/');

-- 'a/b/photo.png' -> {a,a/b}
CREATE FUNCTION storage.get_prefixes(name text) RETURNS text[]
    LANGUAGE sql IMMUTABLE STRICT
    RETURN ARRAY(
        SELECT array_to_string((storage.foldername(name))[:depth], '/')
        FROM generate_series(1, cardinality(storage.foldername(name))) AS depth
    );

CREATE FUNCTION storage.get_level(name text) RETURNS integer
    LANGUAGE sql IMMUTABLE STRICT
    RETURN cardinality(string_to_array(name, '/'));

CREATE FUNCTION storage.get_common_prefix(p_key text, p_prefix text, p_delimiter text) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN CASE WHEN strpos(substr(p_key, length(p_prefix) + 1), p_delimiter) > 0
        THEN left(p_key, length(p_prefix) + strpos(substr(p_key, length(p_prefix) + 1), p_delimiter)) END;

CREATE FUNCTION storage.allow_only_operation(expected_operation text) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN coalesce(storage.operation() = expected_operation, false);
CREATE FUNCTION storage.allow_any_operation(expected_operations text[]) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN coalesce(storage.operation() = ANY (expected_operations), false);

CREATE FUNCTION storage.enforce_bucket_name_length() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    IF length(NEW.name) > 100 THEN
        RAISE EXCEPTION 'bucket name "%" is too long (% characters, at most 100)', NEW.name, length(NEW.name);
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER enforce_bucket_name_length_trigger
    BEFORE INSERT OR UPDATE OF name ON storage.buckets
    FOR EACH ROW EXECUTE FUNCTION storage.enforce_bucket_name_length();

-- The files behind the rows would be orphaned, so the platform of today refuses this to all but its service, which sets
-- storage.allow_delete_query. Histories from before did it, and have to replay: here it is a warning.
CREATE FUNCTION storage.protect_delete() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    IF coalesce(current_setting('storage.allow_delete_query', true), 'false') <> 'true' THEN
        RAISE WARNING 'the platform refuses this: rows of storage.% are deleted through the Storage API', TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER protect_buckets_delete
    BEFORE DELETE ON storage.buckets
    FOR EACH STATEMENT EXECUTE FUNCTION storage.protect_delete();
CREATE TRIGGER protect_objects_delete
    BEFORE DELETE ON storage.objects
    FOR EACH STATEMENT EXECUTE FUNCTION storage.protect_delete();

CREATE FUNCTION storage.search_v2(
    prefix text,
    bucket_name text,
    limits integer DEFAULT 100,
    levels integer DEFAULT 1,
    start_after text DEFAULT '',
    sort_order text DEFAULT 'asc',
    sort_column text DEFAULT 'name',
    sort_column_after text DEFAULT ''
) RETURNS TABLE (
    key text,
    name text,
    id uuid,
    updated_at timestamptz,
    created_at timestamptz,
    last_accessed_at timestamptz,
    metadata jsonb
)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT found.name, found.name, found.id, found.updated_at, found.created_at, found.last_accessed_at, found.metadata
    FROM storage.search(prefix, bucket_name, limits, levels, 0, '', sort_column, sort_order) AS found
    WHERE start_after = '' OR found.name > start_after;
END;

RESET ROLE;
