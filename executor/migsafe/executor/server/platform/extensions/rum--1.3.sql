-- Stand-in for rum: its indexes on tsvector can be built and are used for @@. It is a GIN index under another name:
-- no order by distance (<=> is true but slow), no additional column, no index parameters.

CREATE ACCESS METHOD rum TYPE INDEX HANDLER ginhandler;

DO $$
DECLARE
    class text;
BEGIN
    FOREACH class IN ARRAY ARRAY['DEFAULT', 'rum_tsvector_hash_ops', 'rum_tsvector_timestamp_ops', 'rum_tsvector_timestamptz_ops'] LOOP
        EXECUTE format(
            'CREATE OPERATOR CLASS %I %s FOR TYPE tsvector USING rum AS
                OPERATOR 1 @@ (tsvector, tsquery),
                FUNCTION 1 gin_cmp_tslexeme(text, text),
                FUNCTION 2 gin_extract_tsvector(tsvector, internal, internal),
                FUNCTION 3 gin_extract_tsquery(tsvector, internal, smallint, internal, internal, internal, internal),
                FUNCTION 4 gin_tsquery_consistent(internal, smallint, tsvector, integer, internal, internal, internal, internal),
                FUNCTION 5 gin_cmp_prefix(text, text, smallint, internal),
                STORAGE text',
            CASE class WHEN 'DEFAULT' THEN 'rum_tsvector_ops' ELSE class END,
            CASE class WHEN 'DEFAULT' THEN 'DEFAULT' ELSE '' END
        );
    END LOOP;
END
$$;

CREATE FUNCTION rum_ts_distance(tsvector, tsquery) RETURNS real
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN 1 / nullif(ts_rank($1, $2), 0);
CREATE OPERATOR <=> (LEFTARG = tsvector, RIGHTARG = tsquery, FUNCTION = rum_ts_distance);
