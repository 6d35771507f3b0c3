-- Schema storage: buckets and objects with row security, and the functions that policies use to read a path.

SET LOCAL ROLE supabase_storage_admin;

CREATE TYPE storage.buckettype AS ENUM ('STANDARD', 'ANALYTICS', 'VECTOR');

CREATE TABLE storage.buckets (
    id text NOT NULL PRIMARY KEY,
    name text NOT NULL,
    owner uuid,
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now(),
    public boolean DEFAULT false,
    avif_autodetection boolean DEFAULT false,
    file_size_limit bigint,
    allowed_mime_types text[],
    owner_id text,
    type storage.buckettype NOT NULL DEFAULT 'STANDARD'
);
CREATE UNIQUE INDEX bname ON storage.buckets (name);

CREATE TABLE storage.objects (
    id uuid NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
    bucket_id text CONSTRAINT "objects_bucketId_fkey" REFERENCES storage.buckets (id),
    name text,
    owner uuid,
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now(),
    last_accessed_at timestamptz DEFAULT now(),
    metadata jsonb,
    path_tokens text[] GENERATED ALWAYS AS (string_to_array(name, '/')) STORED,
    version text,
    owner_id text,
    user_metadata jsonb
);
CREATE UNIQUE INDEX bucketid_objname ON storage.objects (bucket_id, name);
CREATE INDEX name_prefix_search ON storage.objects (name text_pattern_ops);

CREATE TABLE storage.s3_multipart_uploads (
    id text NOT NULL PRIMARY KEY,
    in_progress_size bigint NOT NULL DEFAULT 0,
    upload_signature text NOT NULL,
    bucket_id text NOT NULL REFERENCES storage.buckets (id),
    key text NOT NULL COLLATE "C",
    version text NOT NULL,
    owner_id text,
    created_at timestamptz NOT NULL DEFAULT now(),
    user_metadata jsonb
);

CREATE TABLE storage.s3_multipart_uploads_parts (
    id uuid NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
    upload_id text NOT NULL REFERENCES storage.s3_multipart_uploads (id) ON DELETE CASCADE,
    size bigint NOT NULL DEFAULT 0,
    part_number integer NOT NULL,
    bucket_id text NOT NULL REFERENCES storage.buckets (id),
    key text NOT NULL COLLATE "C",
    etag text NOT NULL,
    owner_id text,
    version text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE storage.migrations (
    id integer NOT NULL PRIMARY KEY,
    name varchar(100) NOT NULL UNIQUE,
    hash varchar(40) NOT NULL,
    executed_at timestamp DEFAULT now()
);

ALTER TABLE storage.buckets ENABLE ROW LEVEL SECURITY;
ALTER TABLE storage.objects ENABLE ROW LEVEL SECURITY;
ALTER TABLE storage.s3_multipart_uploads ENABLE ROW LEVEL SECURITY;
ALTER TABLE storage.s3_multipart_uploads_parts ENABLE ROW LEVEL SECURITY;
ALTER TABLE storage.migrations ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON storage.migrations FROM anon, authenticated;

-- 'a/b/photo.png' -> {a,b}
CREATE FUNCTION storage.foldername(name text) RETURNS text[]
    LANGUAGE sql IMMUTABLE
    RETURN trim_array(string_to_array(name, '/'), least(1, cardinality(string_to_array(name, '/'))));

-- 'a/b/photo.png' -> photo.png
CREATE FUNCTION storage.filename(name text) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN split_part(name, '/', -1);

-- 'a/b/photo.png' -> png
CREATE FUNCTION storage.extension(name text) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN split_part(split_part(name, '/', -1), '.', -1);

CREATE FUNCTION storage.operation() RETURNS text
    LANGUAGE sql STABLE
    RETURN current_setting('storage.operation', true);

CREATE FUNCTION storage.get_size_by_bucket() RETURNS TABLE (size bigint, bucket_id text)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT sum((objects.metadata ->> 'size')::bigint)::bigint, objects.bucket_id
    FROM storage.objects
    GROUP BY objects.bucket_id;
END;

-- Tries the insert and takes it back: what is left is whether row security let it pass.
CREATE FUNCTION storage.can_insert_object(bucketid text, name text, owner uuid, metadata jsonb) RETURNS void
    LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO storage.objects (bucket_id, name, owner, metadata) VALUES (bucketid, name, owner, metadata);
    RAISE SQLSTATE 'PT200' USING MESSAGE = 'ROLLBACK', DETAIL = 'the insert was allowed and has been taken back';
END
$$;

-- Lists one level of a bucket by prefix. Sorting follows sortcolumn for name, created_at and updated_at.
CREATE FUNCTION storage.search(
    prefix text,
    bucketname text,
    limits integer DEFAULT 100,
    levels integer DEFAULT 1,
    offsets integer DEFAULT 0,
    search text DEFAULT '',
    sortcolumn text DEFAULT 'name',
    sortorder text DEFAULT 'asc'
) RETURNS TABLE (
    name text,
    id uuid,
    updated_at timestamptz,
    created_at timestamptz,
    last_accessed_at timestamptz,
    metadata jsonb
)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT found.name, found.id, found.updated_at, found.created_at, found.last_accessed_at, found.metadata
    FROM (
        SELECT DISTINCT ON (objects.path_tokens[levels])
            objects.path_tokens[levels] AS name,
            CASE WHEN cardinality(objects.path_tokens) = levels THEN objects.id END AS id,
            objects.updated_at,
            objects.created_at,
            objects.last_accessed_at,
            CASE WHEN cardinality(objects.path_tokens) = levels THEN objects.metadata END AS metadata
        FROM storage.objects
        WHERE objects.bucket_id = bucketname
          AND cardinality(objects.path_tokens) >= levels
          AND starts_with(lower(objects.name), lower(prefix || search))
        ORDER BY objects.path_tokens[levels], cardinality(objects.path_tokens)
    ) AS found
    ORDER BY
        CASE WHEN sortorder = 'asc' AND sortcolumn = 'created_at' THEN found.created_at END,
        CASE WHEN sortorder = 'desc' AND sortcolumn = 'created_at' THEN found.created_at END DESC,
        CASE WHEN sortorder = 'asc' AND sortcolumn = 'updated_at' THEN found.updated_at END,
        CASE WHEN sortorder = 'desc' AND sortcolumn = 'updated_at' THEN found.updated_at END DESC,
        CASE WHEN sortorder = 'desc' THEN found.name END DESC,
        found.name
    LIMIT limits OFFSET offsets;
END;

CREATE FUNCTION storage.update_updated_at_column() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;

CREATE TRIGGER update_objects_updated_at
    BEFORE UPDATE ON storage.objects
    FOR EACH ROW EXECUTE FUNCTION storage.update_updated_at_column();

RESET ROLE;
