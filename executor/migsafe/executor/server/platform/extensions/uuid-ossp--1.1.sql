-- Stand-in for uuid-ossp: the same functions without libuuid.
-- v3, v4 and v5 give the true values; v1 and v1mc have the right shape but a random node, never the machine's address.

CREATE FUNCTION uuid_nil() RETURNS uuid
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN '00000000-0000-0000-0000-000000000000'::uuid;
CREATE FUNCTION uuid_ns_dns() RETURNS uuid
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN '6ba7b810-9dad-11d1-80b4-00c04fd430c8'::uuid;
CREATE FUNCTION uuid_ns_url() RETURNS uuid
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN '6ba7b811-9dad-11d1-80b4-00c04fd430c8'::uuid;
CREATE FUNCTION uuid_ns_oid() RETURNS uuid
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN '6ba7b812-9dad-11d1-80b4-00c04fd430c8'::uuid;
CREATE FUNCTION uuid_ns_x500() RETURNS uuid
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN '6ba7b814-9dad-11d1-80b4-00c04fd430c8'::uuid;

CREATE FUNCTION uuid_generate_v4() RETURNS uuid
    LANGUAGE sql VOLATILE STRICT PARALLEL SAFE RETURN gen_random_uuid();

-- Sixteen bytes of a hash become an identifier by stamping version and variant into them (RFC 9562).
CREATE FUNCTION uuid_stamped(hash bytea, version integer) RETURNS uuid
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN encode(
        set_byte(
            set_byte(substr(hash, 1, 16), 6, (get_byte(hash, 6) & 15) | (version << 4)),
            8, (get_byte(hash, 8) & 63) | 128
        ), 'hex'
    )::uuid;

CREATE FUNCTION uuid_generate_v3(namespace uuid, name text) RETURNS uuid
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN uuid_stamped(decode(md5(uuid_send(namespace) || convert_to(name, 'UTF8')), 'hex'), 3);

-- SHA-1 (FIPS 180-4), which the server itself does not have. Words are kept in bigint and cut to 32 bits.
-- The parentheses are needed: in SQL & | # << >> all bind alike, from left to right.
CREATE FUNCTION uuid_sha1(message bytea) RETURNS bytea
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    word constant bigint := 4294967295;
    padded bytea := message || '\x80'::bytea
        || decode(repeat('00', (119 - length(message) % 64) % 64), 'hex') || int8send(length(message) * 8);
    h bigint[] := ARRAY[1732584193, 4023233417, 2562383102, 271733878, 3285377520];
    w bigint[];
    a bigint; b bigint; c bigint; d bigint; e bigint; f bigint; k bigint; t bigint;
    start integer;
BEGIN
    FOR start IN 0 .. length(padded) / 64 - 1 LOOP
        w := ARRAY(
            SELECT ('x' || encode(substr(padded, start * 64 + i * 4 + 1, 4), 'hex'))::bit(32)::bigint
            FROM generate_series(0, 15) AS i
        );
        FOR i IN 17 .. 80 LOOP
            t := w[i - 3] # w[i - 8] # w[i - 14] # w[i - 16];
            w[i] := ((t << 1) | (t >> 31)) & word;
        END LOOP;
        a := h[1]; b := h[2]; c := h[3]; d := h[4]; e := h[5];
        FOR i IN 1 .. 80 LOOP
            CASE (i - 1) / 20
                WHEN 0 THEN f := (b & c) | ((~b) & d); k := 1518500249;
                WHEN 1 THEN f := b # c # d; k := 1859775393;
                WHEN 2 THEN f := (b & c) | (b & d) | (c & d); k := 2400959708;
                ELSE f := b # c # d; k := 3395469782;
            END CASE;
            t := ((((a << 5) | (a >> 27)) & word) + (f & word) + e + k + w[i]) & word;
            e := d; d := c; c := ((b << 30) | (b >> 2)) & word; b := a; a := t;
        END LOOP;
        h := ARRAY[(h[1] + a) & word, (h[2] + b) & word, (h[3] + c) & word, (h[4] + d) & word, (h[5] + e) & word];
    END LOOP;
    RETURN decode((SELECT string_agg(lpad(to_hex(part), 8, '0'), '' ORDER BY place)
                   FROM unnest(h) WITH ORDINALITY AS hash (part, place)), 'hex');
END
$$;

CREATE FUNCTION uuid_generate_v5(namespace uuid, name text) RETURNS uuid
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN uuid_stamped(uuid_sha1(uuid_send(namespace) || convert_to(name, 'UTF8')), 5);

-- 60 bits of 100 ns since the Gregorian reform (12219292800 s before 1970), low part first; the rest is random.
CREATE FUNCTION uuid_generate_v1mc() RETURNS uuid
    LANGUAGE sql VOLATILE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT (
        right(stamp, 8) || substr(stamp, 5, 4) || '1' || substr(stamp, 2, 3) || right(gen_random_uuid()::text, 17)
    )::uuid
    FROM (
        SELECT lpad(to_hex(((extract(epoch FROM clock_timestamp()) + 12219292800) * 10000000)::bigint), 16, '0')
    ) AS clock (stamp);
END;

CREATE FUNCTION uuid_generate_v1() RETURNS uuid
    LANGUAGE sql VOLATILE STRICT PARALLEL SAFE RETURN uuid_generate_v1mc();
