-- Stand-in for pgjwt: signs and verifies for real with HS256, HS384 and HS512 by way of pgcrypto.
-- Nothing of the original is missing but its handling of unknown algorithms, which are refused here.

CREATE FUNCTION url_encode(data bytea) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN translate(encode(data, 'base64'), E'+/=\n', '-_');

CREATE FUNCTION url_decode(data text) RETURNS bytea
    LANGUAGE sql IMMUTABLE
    RETURN decode(rpad(translate(data, '-_', '+/'), (length(data) + 3) / 4 * 4, '='), 'base64');

CREATE FUNCTION algorithm_sign(signables text, secret text, algorithm text) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN url_encode(hmac(signables, secret, 'sha' || substring(algorithm FROM '^HS(256|384|512)$')));

CREATE FUNCTION sign(payload json, secret text, algorithm text DEFAULT 'HS256') RETURNS text
    LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
    SELECT signables || '.' || algorithm_sign(signables, secret, algorithm)
    FROM (
        SELECT url_encode(convert_to(format('{"alg":"%s","typ":"JWT"}', algorithm), 'utf8'))
            || '.' || url_encode(convert_to(payload::text, 'utf8'))
    ) AS token (signables);
END;

CREATE FUNCTION try_cast_double(inp text) RETURNS double precision
    LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
    RETURN inp::double precision;
EXCEPTION WHEN invalid_text_representation OR numeric_value_out_of_range THEN
    RETURN NULL;
END
$$;

CREATE FUNCTION verify(token text, secret text, algorithm text DEFAULT 'HS256')
RETURNS TABLE (header json, payload json, valid boolean)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT
        jwt.header,
        jwt.payload,
        jwt.signature = algorithm_sign(split_part(token, '.', 1) || '.' || split_part(token, '.', 2), secret, algorithm)
        AND now() >= coalesce(to_timestamp(try_cast_double(jwt.payload ->> 'nbf')), '-infinity')
        AND now() < coalesce(to_timestamp(try_cast_double(jwt.payload ->> 'exp')), 'infinity')
    FROM (
        SELECT
            convert_from(url_decode(split_part(token, '.', 1)), 'utf8')::json,
            convert_from(url_decode(split_part(token, '.', 2)), 'utf8')::json,
            split_part(token, '.', 3)
    ) AS jwt (header, payload, signature);
END;
