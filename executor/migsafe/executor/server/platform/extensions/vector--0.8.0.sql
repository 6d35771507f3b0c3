-- Stand-in for pgvector: types vector, halfvec and sparsevec, distances, casts, aggregates, hnsw and ivfflat indexes.
-- What it does not do:
-- * a value is kept as the text that was written: neither its form nor the number of its dimensions is checked,
--   and two spellings of one vector are not equal;
-- * an index is a hash index under another name: it is built, kept and dropped with the true locks, and finds no neighbours;
-- * index parameters (`WITH (m = 16)`, `WITH (lists = 100)`) are refused, as only C code can declare them;
-- * sparsevec has no distances, and bit has none either.

CREATE ACCESS METHOD hnsw TYPE INDEX HANDLER hashhandler;
CREATE ACCESS METHOD ivfflat TYPE INDEX HANDLER hashhandler;

-- textin ignores the typmod, so `vector(1536)` is remembered and shown but does not limit the length of the text.
DO $$
DECLARE
    kind text;
    metric text;
    act record;
BEGIN
    FOREACH kind IN ARRAY ARRAY['vector', 'halfvec', 'sparsevec'] LOOP
        EXECUTE format($ddl$
            CREATE TYPE %1$I;
            CREATE FUNCTION %1$s_in(cstring, oid, integer) RETURNS %1$I AS 'textin' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
            CREATE FUNCTION %1$s_out(%1$I) RETURNS cstring AS 'textout' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
            CREATE FUNCTION %1$s_recv(internal, oid, integer) RETURNS %1$I AS 'textrecv' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
            CREATE FUNCTION %1$s_send(%1$I) RETURNS bytea AS 'textsend' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
            CREATE FUNCTION %1$s_typmod_in(cstring[]) RETURNS integer AS 'varchartypmodin' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
            CREATE FUNCTION %1$s_typmod_out(integer) RETURNS cstring AS 'varchartypmodout' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
            CREATE TYPE %1$I (
                INPUT = %1$s_in, OUTPUT = %1$s_out, RECEIVE = %1$s_recv, SEND = %1$s_send,
                TYPMOD_IN = %1$s_typmod_in, TYPMOD_OUT = %1$s_typmod_out, STORAGE = extended
            );
            CREATE FUNCTION %1$s_cmp(%1$I, %1$I) RETURNS integer AS 'byteacmp' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
            CREATE FUNCTION %1$s_hash(%1$I) RETURNS integer AS 'hashvarlena' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
        $ddl$, kind);
        FOR act IN SELECT * FROM (VALUES
            ('eq', '=', '=', '<>'), ('ne', '<>', '<>', '='),
            ('lt', '<', '>', '>='), ('le', '<=', '>=', '>'), ('gt', '>', '<', '<='), ('ge', '>=', '<=', '<')
        ) AS comparison (name, sign, mirrored, negated) LOOP
            EXECUTE format($ddl$
                CREATE FUNCTION %1$s_%2$s(%1$I, %1$I) RETURNS boolean AS 'bytea%2$s' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
                CREATE OPERATOR %3$s (LEFTARG = %1$I, RIGHTARG = %1$I, FUNCTION = %1$s_%2$s, COMMUTATOR = %4$s, NEGATOR = %5$s);
            $ddl$, kind, act.name, act.sign, act.mirrored, act.negated);
        END LOOP;
        EXECUTE format($ddl$
            CREATE OPERATOR CLASS %1$s_ops DEFAULT FOR TYPE %1$I USING btree AS
                OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 %1$s_cmp(%1$I, %1$I);
        $ddl$, kind);
        FOREACH metric IN ARRAY ARRAY['l2', 'ip', 'cosine', 'l1'] LOOP
            EXECUTE format(
                'CREATE OPERATOR CLASS %1$s_%2$s_ops FOR TYPE %1$I USING hnsw AS OPERATOR 1 =, FUNCTION 1 %1$s_hash(%1$I)',
                kind, metric
            );
            CONTINUE WHEN kind = 'sparsevec' OR metric = 'l1';
            EXECUTE format(
                'CREATE OPERATOR CLASS %1$s_%2$s_ops %3$s FOR TYPE %1$I USING ivfflat AS OPERATOR 1 =, FUNCTION 1 %1$s_hash(%1$I)',
                kind, metric, CASE metric WHEN 'l2' THEN 'DEFAULT' ELSE '' END
            );
        END LOOP;
    END LOOP;
END
$$;

CREATE OPERATOR CLASS bit_hamming_ops FOR TYPE bit USING hnsw AS OPERATOR 1 =, FUNCTION 1 hashvarlena(internal);
CREATE OPERATOR CLASS bit_jaccard_ops FOR TYPE bit USING hnsw AS OPERATOR 1 =, FUNCTION 1 hashvarlena(internal);

CREATE CAST (vector AS halfvec) WITH INOUT AS ASSIGNMENT;
CREATE CAST (halfvec AS vector) WITH INOUT AS IMPLICIT;

-- Distances and arithmetic are true, only slow: '[1,2]' becomes '{1,2}' and is read as an array of numbers.
DO $$
DECLARE
    kind text;
    source text;
    act record;
BEGIN
    FOREACH kind IN ARRAY ARRAY['vector', 'halfvec'] LOOP
        EXECUTE format($ddl$
            CREATE FUNCTION %1$s_numbers(%1$I) RETURNS double precision[]
                LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
                RETURN translate($1::text, '[]', '{}')::double precision[];
            CREATE FUNCTION array_to_%1$s(double precision[]) RETURNS %1$I
                LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
                RETURN translate($1::real[]::text, '{}', '[]')::%1$I;
            CREATE FUNCTION %1$s_to_float4(%1$I, integer, boolean) RETURNS real[]
                LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
                RETURN %1$s_numbers($1)::real[];
            CREATE CAST (%1$I AS real[]) WITH FUNCTION %1$s_to_float4(%1$I, integer, boolean) AS IMPLICIT;

            CREATE FUNCTION %2$s(%1$I) RETURNS integer
                LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
                RETURN cardinality(%1$s_numbers($1));
            CREATE FUNCTION inner_product(%1$I, %1$I) RETURNS double precision
                LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
                RETURN (SELECT sum(a * b) FROM unnest(%1$s_numbers($1), %1$s_numbers($2)) AS pair (a, b));
            CREATE FUNCTION l2_distance(%1$I, %1$I) RETURNS double precision
                LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
                RETURN (SELECT sqrt(sum((a - b) * (a - b))) FROM unnest(%1$s_numbers($1), %1$s_numbers($2)) AS pair (a, b));
            CREATE FUNCTION l1_distance(%1$I, %1$I) RETURNS double precision
                LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
                RETURN (SELECT sum(abs(a - b)) FROM unnest(%1$s_numbers($1), %1$s_numbers($2)) AS pair (a, b));
            CREATE FUNCTION %1$s_negative_inner_product(%1$I, %1$I) RETURNS double precision
                LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
                RETURN - inner_product($1, $2);
            CREATE FUNCTION %3$s(%1$I) RETURNS double precision
                LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
                RETURN sqrt(inner_product($1, $1));
            CREATE FUNCTION cosine_distance(%1$I, %1$I) RETURNS double precision
                LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
                RETURN 1 - inner_product($1, $2) / nullif(%3$s($1) * %3$s($2), 0);
            CREATE FUNCTION l2_normalize(%1$I) RETURNS %1$I
                LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
                RETURN array_to_%1$s(ARRAY(SELECT a / nullif(%3$s($1), 0) FROM unnest(%1$s_numbers($1)) AS a));
            CREATE FUNCTION subvector(%1$I, integer, integer) RETURNS %1$I
                LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
                RETURN array_to_%1$s((%1$s_numbers($1))[$2:$2 + $3 - 1]);

            CREATE OPERATOR <-> (LEFTARG = %1$I, RIGHTARG = %1$I, FUNCTION = l2_distance, COMMUTATOR = <->);
            CREATE OPERATOR <=> (LEFTARG = %1$I, RIGHTARG = %1$I, FUNCTION = cosine_distance, COMMUTATOR = <=>);
            CREATE OPERATOR <+> (LEFTARG = %1$I, RIGHTARG = %1$I, FUNCTION = l1_distance, COMMUTATOR = <+>);
            CREATE OPERATOR <#> (
                LEFTARG = %1$I, RIGHTARG = %1$I, FUNCTION = %1$s_negative_inner_product, COMMUTATOR = <#>
            );
        $ddl$, kind,
            CASE kind WHEN 'vector' THEN 'vector_dims' ELSE 'halfvec_dims' END,
            CASE kind WHEN 'vector' THEN 'vector_norm' ELSE 'l2_norm' END
        );

        FOREACH source IN ARRAY ARRAY['integer', 'real', 'double precision', 'numeric'] LOOP
            EXECUTE format($ddl$
                CREATE FUNCTION array_to_%1$s(%2$s[], integer, boolean) RETURNS %1$I
                    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
                    RETURN array_to_%1$s($1::double precision[]);
                CREATE CAST (%2$s[] AS %1$I) WITH FUNCTION array_to_%1$s(%2$s[], integer, boolean) AS ASSIGNMENT;
            $ddl$, kind, source);
        END LOOP;

        FOR act IN SELECT * FROM (VALUES ('add', '+'), ('sub', '-'), ('mul', '*')) AS arithmetic (name, sign) LOOP
            EXECUTE format($ddl$
                CREATE FUNCTION %1$s_%2$s(%1$I, %1$I) RETURNS %1$I
                    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
                    RETURN array_to_%1$s(ARRAY(
                        SELECT a %3$s b FROM unnest(%1$s_numbers($1), %1$s_numbers($2)) WITH ORDINALITY AS pair (a, b, place)
                        ORDER BY place
                    ));
                CREATE OPERATOR %3$s (LEFTARG = %1$I, RIGHTARG = %1$I, FUNCTION = %1$s_%2$s);
            $ddl$, kind, act.name, act.sign);
        END LOOP;

        -- state of avg: the number of rows, then the sum of each dimension
        EXECUTE format($ddl$
            CREATE FUNCTION %1$s_accum(double precision[], %1$I) RETURNS double precision[]
                LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
                RETURN ARRAY(
                    SELECT coalesce(a, 0) + b FROM unnest($1, 1::double precision || %1$s_numbers($2)) WITH ORDINALITY AS pair (a, b, place)
                    ORDER BY place
                );
            CREATE FUNCTION %1$s_avg(double precision[]) RETURNS %1$I
                LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
                RETURN CASE WHEN $1[1] > 0 THEN array_to_%1$s(ARRAY(SELECT a / $1[1] FROM unnest($1[2:]) AS a)) END;
            CREATE AGGREGATE avg(%1$I) (SFUNC = %1$s_accum, STYPE = double precision[], FINALFUNC = %1$s_avg, INITCOND = '{0}');
            CREATE AGGREGATE sum(%1$I) (SFUNC = %1$s_add, STYPE = %1$I);
        $ddl$, kind);
    END LOOP;
END
$$;
