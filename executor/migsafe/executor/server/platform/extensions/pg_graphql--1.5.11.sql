-- Stand-in for pg_graphql: the entry points exist. Every query is answered with an error inside the GraphQL envelope;
-- `COMMENT ON ... IS '@graphql(...)'` is an ordinary comment and is kept, but never read.

CREATE FUNCTION graphql.resolve(
    query text, variables jsonb DEFAULT '{}', "operationName" text DEFAULT NULL, extensions jsonb DEFAULT NULL
) RETURNS jsonb
    LANGUAGE sql STABLE
    RETURN '{"errors": [{"message": "pg_graphql is a stand-in here and resolves nothing"}]}'::jsonb;

CREATE SEQUENCE graphql.seq_schema_version AS integer CYCLE;

CREATE FUNCTION graphql.get_schema_version() RETURNS integer
    LANGUAGE sql SECURITY DEFINER
    RETURN (SELECT last_value::integer FROM graphql.seq_schema_version);

CREATE FUNCTION graphql.increment_schema_version() RETURNS event_trigger
    LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
    PERFORM nextval('graphql.seq_schema_version');
END
$$;

CREATE FUNCTION graphql.comment_directive(comment_ text) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    RETURN coalesce(substring(comment_ FROM '@graphql\((.*)\)')::jsonb, '{}');

CREATE FUNCTION graphql.exception(message text) RETURNS text
    LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = '22000', MESSAGE = message;
END
$$;

GRANT USAGE ON SCHEMA graphql TO @extowner@;
