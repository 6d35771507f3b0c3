-- Stand-in for pg_hashids: the functions exist, and what is encoded can be decoded.
-- It does not make the ids of the true one: an id is the numbers in base 16, with the salt left out of account.

CREATE FUNCTION id_encode(numbers bigint[], salt text, min_length integer DEFAULT 0, alphabet text DEFAULT '') RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (SELECT string_agg(to_hex(number), 'x' ORDER BY place) FROM unnest(numbers) WITH ORDINALITY AS each (number, place));
CREATE FUNCTION id_encode(numbers bigint[]) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN id_encode(numbers, '');
CREATE FUNCTION id_encode(number bigint, salt text, min_length integer DEFAULT 0, alphabet text DEFAULT '') RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN id_encode(ARRAY[number], salt, min_length, alphabet);
CREATE FUNCTION id_encode(number bigint) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN id_encode(ARRAY[number], '');

CREATE FUNCTION id_decode(id text, salt text DEFAULT '', min_length integer DEFAULT 0, alphabet text DEFAULT '') RETURNS bigint[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ARRAY(
        SELECT ('x' || lpad(part, 16, '0'))::bit(64)::bigint
        FROM regexp_split_to_table(id, 'x') WITH ORDINALITY AS each (part, place) ORDER BY place
    );
CREATE FUNCTION id_decode_once(id text, salt text DEFAULT '', min_length integer DEFAULT 0, alphabet text DEFAULT '') RETURNS bigint
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN (id_decode(id, salt))[1];

CREATE FUNCTION hash_encode(number bigint, salt text DEFAULT '', min_length integer DEFAULT 0, alphabet text DEFAULT '') RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN id_encode(number, salt);
CREATE FUNCTION hash_decode(id text, salt text DEFAULT '', min_length integer DEFAULT 0, alphabet text DEFAULT '') RETURNS bigint
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN id_decode_once(id, salt);
