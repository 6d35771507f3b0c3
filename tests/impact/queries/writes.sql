-- name: insert
INSERT INTO orders (id, customer_id, note, total) VALUES ($1, $2, $3, $4);
-- name: insert and return all
INSERT INTO products (id, title) VALUES ($1, $2) RETURNING *;
-- name: insert without columns
INSERT INTO items VALUES ($1, $2, $3, $4);
-- name: insert from a select
INSERT INTO audit (what, row_data) SELECT note, data FROM orders WHERE status = 'sent';
-- name: on conflict update
INSERT INTO customers (id, email, name) VALUES ($1, $2, $3)
ON CONFLICT (email) DO UPDATE SET name = excluded.name, settings = customers.settings || '{"seen": true}' RETURNING id;
-- name: on conflict nothing
INSERT INTO items (order_id, product_id, quantity, price) VALUES (1, 2, 3, 4.5) ON CONFLICT DO NOTHING;
-- name: update
UPDATE orders SET note = $1, status = 'paid' WHERE id = $2;
-- name: update from
UPDATE orders o SET total = t.amount FROM order_totals t WHERE t.order_id = o.id RETURNING o.id, o.total;
-- name: update of several columns by a query
UPDATE products SET (title, weight) = (SELECT p.title, p.weight FROM products p WHERE p.id = products.parent_id);
-- name: update from two tables
UPDATE items i SET price = 0 FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id = i.order_id AND NOT c.active;
-- name: delete
DELETE FROM sessions WHERE expires_at < now();
-- name: delete using
DELETE FROM items i USING orders o WHERE o.id = i.order_id AND o.status = 'open' RETURNING i.*;
-- name: merge
MERGE INTO products p USING (SELECT $1::integer AS id, $2::text AS title) s ON p.id = s.id
WHEN MATCHED AND p.title <> s.title THEN UPDATE SET title = s.title
WHEN NOT MATCHED THEN INSERT (id, title) VALUES (s.id, s.title);
-- name: merge from a table that deletes
MERGE INTO billing.invoices i USING orders o ON o.id = i.order_id
WHEN MATCHED AND o.quantity = 0 THEN DELETE WHEN MATCHED THEN UPDATE SET amount = o.total;
-- name: writing CTE
WITH gone AS (DELETE FROM orders WHERE placed_at < $1 RETURNING *) INSERT INTO audit (what) SELECT note FROM gone;
