"""A database with at least one object of every kind that a catalog knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.executor.catalog import read_catalog
from migsafe.executor.survey.shape import same_spelling

if TYPE_CHECKING:
    import psycopg

    from migsafe.schemas.catalog import Catalog

EVERYTHING = """
DO $$ BEGIN CREATE ROLE reader; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN email AS text COLLATE "C" DEFAULT 'x@y' CONSTRAINT at CHECK (VALUE LIKE '%@%');
CREATE TYPE pair AS (a int, b text);
CREATE TYPE span AS RANGE (SUBTYPE = float8, SUBTYPE_DIFF = float8mi);
CREATE TABLE customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text);
CREATE TABLE orders (
    id bigint PRIMARY KEY,
    customer_id bigint CONSTRAINT of_customer REFERENCES customers,
    note varchar(20) DEFAULT 'x',
    mail email,
    feeling mood DEFAULT 'ok',
    total numeric(9, 2) CONSTRAINT positive CHECK (total > 0),
    twice numeric GENERATED ALWAYS AS (total * 2) STORED
);
CREATE INDEX orders_note ON orders (lower(note) DESC, total) INCLUDE (mail) WHERE feeling = 'ok';
CREATE STATISTICS orders_both ON note, total FROM orders;
CREATE FUNCTION mine(who text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
    AS 'SELECT true';
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE PROCEDURE tidy() LANGUAGE sql AS 'SELECT 1';
CREATE AGGREGATE total_of(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON orders FOR SELECT USING (mine(note));
CREATE TRIGGER touched BEFORE UPDATE OF note ON orders FOR EACH ROW EXECUTE FUNCTION touch();
CREATE RULE kept AS ON DELETE TO customers DO ALSO NOTHING;
CREATE VIEW recent AS SELECT id, note FROM orders WHERE total > 1;
CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS n FROM orders;
CREATE SEQUENCE numbers INCREMENT 2;
CREATE TABLE events (at timestamptz NOT NULL, id int) PARTITION BY RANGE (at);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE INDEX events_at ON events (at);
CREATE PUBLICATION changes FOR TABLE customers;
CREATE FUNCTION on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER watch ON ddl_command_end WHEN TAG IN ('CREATE CAST') EXECUTE FUNCTION on_ddl();
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO reader;
CREATE FUNCTION as_number(mood) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE CAST (mood AS int) WITH FUNCTION as_number(mood);
CREATE COLLATION plain FROM "C";
CREATE OPERATOR === (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq);
CREATE OPERATOR CLASS own_order FOR TYPE int USING btree AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(int, int);
CREATE TEXT SEARCH CONFIGURATION words (COPY = simple);
CREATE TEXT SEARCH DICTIONARY stems (TEMPLATE = simple);
CREATE TEXT SEARCH PARSER cut (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype);
CREATE TEXT SEARCH TEMPLATE shape (LEXIZE = dsimple_lexize);
CREATE CONVERSION narrow FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1;
CREATE ACCESS METHOD pile TYPE INDEX HANDLER bthandler;
CREATE LANGUAGE tongue HANDLER plpgsql_call_handler;
CREATE FOREIGN DATA WRAPPER far;
CREATE SERVER away FOREIGN DATA WRAPPER far OPTIONS (host 'h', password 'geheim');
CREATE USER MAPPING FOR PUBLIC SERVER away OPTIONS (user 'u', password 'geheim');
CREATE FOREIGN TABLE distant (a int) SERVER away OPTIONS (table_name 'x', password 'geheim');
COMMENT ON COLUMN orders.note IS 'what it is about';
GRANT SELECT ON customers TO reader;
"""


def catalog_of(connection: psycopg.Connection, *schemas: str) -> Catalog:
    """The catalog of these schemas, of public where none is named."""
    with connection.transaction(force_rollback=True), same_spelling(connection):
        return read_catalog(connection, schemas or ("public",))
