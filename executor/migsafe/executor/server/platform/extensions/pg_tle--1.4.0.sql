-- Stand-in for pg_tle: an extension can be registered and listed.
-- It cannot be created afterwards: CREATE EXTENSION reads files, and only the real pg_tle teaches it to read a table.

CREATE TABLE pgtle.registered (
    name name NOT NULL,
    version text NOT NULL,
    comment text,
    source text NOT NULL,
    requires name[],
    is_default boolean NOT NULL DEFAULT false,
    PRIMARY KEY (name, version)
);

CREATE FUNCTION pgtle.install_extension(
    name text, version text, description text, ext text, requires text[] DEFAULT NULL, encoding text DEFAULT NULL
) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
BEGIN ATOMIC
    INSERT INTO pgtle.registered (name, version, comment, source, requires, is_default)
    VALUES (name, version, description, ext, requires, true)
    ON CONFLICT ON CONSTRAINT registered_pkey DO UPDATE SET source = excluded.source
    RETURNING true;
END;

CREATE FUNCTION pgtle.install_update_path(name text, fromvers text, tovers text, ext text) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
BEGIN ATOMIC
    INSERT INTO pgtle.registered (name, version, source) VALUES (name, fromvers || '--' || tovers, ext) RETURNING true;
END;

CREATE FUNCTION pgtle.set_default_version(name text, version text) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
BEGIN ATOMIC
    UPDATE pgtle.registered AS known SET is_default = known.version = set_default_version.version
    WHERE known.name = set_default_version.name;
    SELECT true;
END;

CREATE FUNCTION pgtle.uninstall_extension(extname text) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
BEGIN ATOMIC
    DELETE FROM pgtle.registered AS known WHERE known.name = extname;
    SELECT true;
END;

CREATE FUNCTION pgtle.uninstall_extension_if_exists(extname text) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    RETURN pgtle.uninstall_extension(extname);

CREATE FUNCTION pgtle.available_extensions(OUT name name, OUT default_version text, OUT comment text) RETURNS SETOF record
    LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT known.name, known.version, known.comment FROM pgtle.registered AS known WHERE known.is_default;
END;

GRANT USAGE ON SCHEMA pgtle TO PUBLIC;
