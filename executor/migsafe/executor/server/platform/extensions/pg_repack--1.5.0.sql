-- Stand-in for pg_repack: the schema and its version are there. The work is done by a program outside of the database, which is not.

CREATE SCHEMA repack;
CREATE FUNCTION repack.version() RETURNS text LANGUAGE sql IMMUTABLE RETURN 'pg_repack 1.5.0';
