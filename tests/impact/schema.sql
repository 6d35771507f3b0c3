CREATE TYPE order_status AS ENUM ('open', 'paid', 'sent');
CREATE TABLE customers (
    id bigint PRIMARY KEY, email text NOT NULL UNIQUE, name text, country character varying(2),
    tags text[] NOT NULL DEFAULT '{}', settings jsonb NOT NULL DEFAULT '{}', active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE orders (
    id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers, status order_status NOT NULL DEFAULT 'open',
    note text, total numeric(9, 2) NOT NULL DEFAULT 0, quantity integer NOT NULL DEFAULT 1, data jsonb,
    placed_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE items (
    order_id bigint REFERENCES orders, product_id integer, quantity integer NOT NULL, price numeric(9, 2) NOT NULL,
    PRIMARY KEY (order_id, product_id));
CREATE TABLE products (id integer PRIMARY KEY, sku text UNIQUE, title text NOT NULL, parent_id integer, weight real);
CREATE TABLE audit (id bigint GENERATED ALWAYS AS IDENTITY, at timestamptz DEFAULT now(), what text, row_data jsonb);
CREATE VIEW order_totals AS SELECT o.id AS order_id, o.customer_id, sum(i.price * i.quantity) AS amount
    FROM orders o JOIN items i ON i.order_id = o.id GROUP BY o.id, o.customer_id;
CREATE FUNCTION shout(text) RETURNS text LANGUAGE sql IMMUTABLE RETURN upper($1);
CREATE FUNCTION label(orders) RETURNS text LANGUAGE sql STABLE AS $$ SELECT 'order ' || $1.id $$;
CREATE FUNCTION open_orders() RETURNS SETOF orders LANGUAGE sql STABLE AS $$ SELECT * FROM orders WHERE status = 'open' $$;
CREATE SCHEMA billing;
CREATE TABLE billing.invoices (
    id uuid PRIMARY KEY, order_id bigint NOT NULL, amount numeric(9, 2), due date, paid boolean DEFAULT false);
CREATE TABLE billing.customers (id uuid PRIMARY KEY, vat_number text);
CREATE TABLE "User" (id text PRIMARY KEY, "firstName" text, "createdAt" timestamp(3) NOT NULL, "teamId" integer);
CREATE TABLE "Post" (id integer PRIMARY KEY, "authorId" text NOT NULL, title text NOT NULL, published boolean NOT NULL);
CREATE TABLE sessions (id uuid PRIMARY KEY, user_id text, expires_at timestamptz NOT NULL);
