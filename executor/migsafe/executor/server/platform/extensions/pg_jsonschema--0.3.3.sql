-- Stand-in for pg_jsonschema: the functions exist, so that CHECK constraints can name them.
-- It validates nothing: every schema is valid and every document fits.

CREATE FUNCTION json_matches_schema(schema json, instance json) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN true;
CREATE FUNCTION jsonb_matches_schema(schema json, instance jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN true;
CREATE FUNCTION jsonschema_is_valid(schema json) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN true;
CREATE FUNCTION jsonschema_validation_errors(schema json, instance json) RETURNS text[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN '{}'::text[];
