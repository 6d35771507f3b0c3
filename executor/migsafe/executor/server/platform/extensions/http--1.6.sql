-- Stand-in for http: types, signatures and the URL encoder are real.
-- It never calls out: every request fails with feature_not_supported (0A000), so that no rehearsal believes an answer nobody gave.

CREATE DOMAIN http_method AS text CHECK (VALUE IN ('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD') OR VALUE IS NULL);
CREATE DOMAIN content_type AS text CHECK (VALUE ~ '^\S+/\S+');
CREATE TYPE http_header AS (field varchar, value varchar);
CREATE TYPE http_request AS (method http_method, uri varchar, headers http_header[], content_type varchar, content varchar);
CREATE TYPE http_response AS (status integer, content_type varchar, headers http_header[], content varchar);

CREATE FUNCTION http_header(field varchar, value varchar) RETURNS http_header
    LANGUAGE sql IMMUTABLE
    RETURN ROW(field, value)::http_header;

CREATE FUNCTION http(request http_request) RETURNS http_response
    LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'feature_not_supported',
        MESSAGE = format('%s %s was not sent: http is a stand-in here', request.method, request.uri);
END
$$;

CREATE FUNCTION http_get(uri varchar) RETURNS http_response
    LANGUAGE sql RETURN http(ROW('GET', uri, NULL, NULL, NULL)::http_request);
CREATE FUNCTION http_get(uri varchar, data jsonb) RETURNS http_response
    LANGUAGE sql RETURN http(ROW('GET', uri, NULL, NULL, NULL)::http_request);
CREATE FUNCTION http_post(uri varchar, content varchar, content_type varchar) RETURNS http_response
    LANGUAGE sql RETURN http(ROW('POST', uri, NULL, content_type, content)::http_request);
CREATE FUNCTION http_post(uri varchar, data jsonb) RETURNS http_response
    LANGUAGE sql
    RETURN http(ROW('POST', uri, NULL, 'application/x-www-form-urlencoded', data::varchar)::http_request);
CREATE FUNCTION http_put(uri varchar, content varchar, content_type varchar) RETURNS http_response
    LANGUAGE sql RETURN http(ROW('PUT', uri, NULL, content_type, content)::http_request);
CREATE FUNCTION http_patch(uri varchar, content varchar, content_type varchar) RETURNS http_response
    LANGUAGE sql RETURN http(ROW('PATCH', uri, NULL, content_type, content)::http_request);
CREATE FUNCTION http_delete(uri varchar) RETURNS http_response
    LANGUAGE sql RETURN http(ROW('DELETE', uri, NULL, NULL, NULL)::http_request);
CREATE FUNCTION http_delete(uri varchar, content varchar, content_type varchar) RETURNS http_response
    LANGUAGE sql RETURN http(ROW('DELETE', uri, NULL, content_type, content)::http_request);
CREATE FUNCTION http_head(uri varchar) RETURNS http_response
    LANGUAGE sql RETURN http(ROW('HEAD', uri, NULL, NULL, NULL)::http_request);

CREATE FUNCTION http_set_curlopt(curlopt varchar, value varchar) RETURNS boolean LANGUAGE sql RETURN true;
CREATE FUNCTION http_reset_curlopt() RETURNS boolean LANGUAGE sql RETURN true;
CREATE FUNCTION http_list_curlopt() RETURNS TABLE (curlopt text, value text)
    LANGUAGE sql BEGIN ATOMIC SELECT NULL::text, NULL::text WHERE false; END;

-- Percent-encodes every byte that is not unreserved (RFC 3986).
CREATE FUNCTION urlencode(string varchar) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT
BEGIN ATOMIC
    SELECT coalesce(string_agg(
        CASE
            WHEN letter ~ '[A-Za-z0-9_.~-]' THEN letter
            ELSE upper(regexp_replace(encode(convert_to(letter, 'UTF8'), 'hex'), '(..)', '%\1', 'g'))
        END, '' ORDER BY place), '')
    FROM unnest(string_to_array(string, NULL)) WITH ORDINALITY AS letters (letter, place);
END;
