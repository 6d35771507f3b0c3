-- Schema storage, continued: versions of objects, buckets of other kinds, listing by prefix, and the guards of the service.

SET LOCAL ROLE supabase_storage_admin;

ALTER TABLE storage.buckets
    ADD COLUMN versioning_status text NOT NULL DEFAULT 'DISABLED',
    ADD CONSTRAINT buckets_versioning_status_check CHECK (versioning_status IN ('DISABLED', 'ENABLED', 'SUSPENDED')),
    ADD CONSTRAINT buckets_versioning_standard_only_check CHECK (type = 'STANDARD' OR versioning_status = 'DISABLED'),
    ADD CONSTRAINT buckets_versioning_dark_check CHECK (versioning_status = 'DISABLED');
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

CREATE TABLE storage.iceberg_namespaces (
    id uuid NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
    bucket_name text NOT NULL,
    name text NOT NULL COLLATE "C",
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    metadata jsonb NOT NULL DEFAULT '{}',
    catalog_id uuid NOT NULL REFERENCES storage.buckets_analytics (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX idx_iceberg_namespaces_bucket_id ON storage.iceberg_namespaces (catalog_id, name);

CREATE TABLE storage.iceberg_tables (
    id uuid NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
    namespace_id uuid NOT NULL REFERENCES storage.iceberg_namespaces (id) ON DELETE CASCADE,
    bucket_name text NOT NULL,
    name text NOT NULL COLLATE "C",
    location text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    remote_table_id text,
    shard_key text,
    shard_id text,
    catalog_id uuid NOT NULL REFERENCES storage.buckets_analytics (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX idx_iceberg_tables_namespace_id ON storage.iceberg_tables (catalog_id, namespace_id, name);
CREATE UNIQUE INDEX idx_iceberg_tables_location ON storage.iceberg_tables (location);

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

CREATE UNIQUE INDEX vector_indexes_name_bucket_id_idx ON storage.vector_indexes (name, bucket_id);
CREATE INDEX idx_multipart_uploads_list ON storage.s3_multipart_uploads (bucket_id, key, created_at);
CREATE INDEX idx_objects_bucket_id_name ON storage.objects (bucket_id, name COLLATE "C");
CREATE INDEX idx_objects_bucket_id_name_lower ON storage.objects (bucket_id, lower(name) COLLATE "C");

ALTER TABLE storage.iceberg_namespaces ENABLE ROW LEVEL SECURITY;
ALTER TABLE storage.iceberg_tables ENABLE ROW LEVEL SECURITY;
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

-- What the service lists a bucket with: the objects below a prefix, where all that share the next delimiter are one line.
CREATE FUNCTION storage.list_objects_with_delimiter(
    _bucket_id text,
    prefix_param text,
    delimiter_param text,
    max_keys integer DEFAULT 100,
    start_after text DEFAULT '',
    next_token text DEFAULT '',
    sort_order text DEFAULT 'asc'
) RETURNS TABLE (
    name text,
    id uuid,
    metadata jsonb,
    updated_at timestamptz,
    created_at timestamptz,
    last_accessed_at timestamptz
)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH listed AS (
        SELECT
            coalesce(storage.get_common_prefix(each.name, prefix_param, delimiter_param), each.name) AS line,
            storage.get_common_prefix(each.name, prefix_param, delimiter_param) IS NULL AS whole,
            each.*
        FROM storage.objects AS each
        WHERE each.bucket_id = _bucket_id AND starts_with(each.name, prefix_param)
    )
    SELECT DISTINCT ON (line COLLATE "C")
        line,
        CASE WHEN whole THEN listed.id END,
        CASE WHEN whole THEN listed.metadata END,
        listed.updated_at,
        listed.created_at,
        listed.last_accessed_at
    FROM listed
    WHERE line COLLATE "C" > greatest(start_after, next_token) COLLATE "C"
    ORDER BY line COLLATE "C"
    LIMIT max_keys;
END;

CREATE FUNCTION storage.list_multipart_uploads_with_delimiter(
    bucket_id text,
    prefix_param text,
    delimiter_param text,
    max_keys integer DEFAULT 100,
    next_key_token text DEFAULT '',
    next_upload_token text DEFAULT ''
) RETURNS TABLE (key text, id text, created_at timestamptz)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT DISTINCT ON (line COLLATE "C") line, uploads.id, uploads.created_at
    FROM storage.s3_multipart_uploads AS uploads
    CROSS JOIN LATERAL (
        SELECT coalesce(storage.get_common_prefix(uploads.key, prefix_param, delimiter_param), uploads.key) AS line
    ) AS listed
    WHERE
        uploads.bucket_id = list_multipart_uploads_with_delimiter.bucket_id
        AND starts_with(uploads.key, prefix_param)
        AND (line, uploads.id) > (next_key_token, next_upload_token)
    ORDER BY line COLLATE "C", uploads.created_at
    LIMIT max_keys;
END;

CREATE FUNCTION storage.search_by_timestamp(
    p_prefix text,
    p_bucket_id text,
    p_limit integer,
    p_level integer,
    p_start_after text,
    p_sort_order text,
    p_sort_column text,
    p_sort_column_after text
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
    SELECT found.*
    FROM storage.search_v2(
        p_prefix, p_bucket_id, p_limit, p_level, p_start_after, p_sort_order, p_sort_column, p_sort_column_after
    ) AS found;
END;

RESET ROLE;
