-- name: columns by name
SELECT id, note FROM orders WHERE id = $1;
-- name: star
SELECT * FROM orders WHERE customer_id = $1;
-- name: star of an alias beside another table
SELECT o.*, c.email FROM orders o JOIN customers c ON c.id = o.customer_id;
-- name: star of a subquery that names its columns
SELECT * FROM (SELECT id, total FROM orders) t WHERE t.total > 10;
-- name: star in EXISTS returns nothing
SELECT c.email FROM customers c WHERE EXISTS (SELECT * FROM orders o WHERE o.customer_id = c.id);
-- name: rows that have none
SELECT id FROM products p WHERE NOT EXISTS (SELECT 1 FROM items WHERE product_id = p.id);
-- name: counting rows by their alias
SELECT count(o) FROM orders o;
-- name: USING
SELECT order_id, sum(invoices.amount) FROM order_totals JOIN billing.invoices USING (order_id) GROUP BY order_id;
-- name: natural join
SELECT title FROM products NATURAL JOIN (SELECT product_id AS id FROM items) AS sold;
-- name: CTE
WITH recent AS (SELECT id, customer_id, note FROM orders WHERE placed_at > now() - interval '1 day')
SELECT c.name, r.note FROM recent r JOIN customers c ON c.id = r.customer_id;
-- name: CTE with a star, of which one column is used
WITH everything AS (SELECT * FROM orders) SELECT total FROM everything;
-- name: CTE that shadows a table
WITH orders AS (SELECT 1 AS id, 'x'::text AS note) SELECT id, note FROM orders;
-- name: CTE that has the name of a table and reads it
WITH orders AS (SELECT * FROM public.orders WHERE quantity > 1) SELECT id FROM orders;
-- name: recursive CTE
WITH RECURSIVE tree AS (
    SELECT id, parent_id, title, 1 AS depth FROM products WHERE parent_id IS NULL
    UNION ALL
    SELECT p.id, p.parent_id, p.title, t.depth + 1 FROM products p JOIN tree t ON p.parent_id = t.id
) SELECT id, title, depth FROM tree ORDER BY depth;
-- name: lateral
SELECT c.id, last.total FROM customers c
LEFT JOIN LATERAL (SELECT o.total FROM orders o WHERE o.customer_id = c.id ORDER BY o.placed_at DESC LIMIT 1) last ON true;
-- name: lateral function
SELECT c.id, t.tag FROM customers c, unnest(c.tags) AS t(tag) WHERE t.tag LIKE 'a%';
-- name: lateral function over json
SELECT c.id, e.key, e.value FROM customers c CROSS JOIN LATERAL jsonb_each(c.settings) AS e;
-- name: window
SELECT id, row_number() OVER (PARTITION BY customer_id ORDER BY placed_at) AS n, sum(total) OVER w AS running
FROM orders WINDOW w AS (PARTITION BY customer_id ORDER BY id);
-- name: lag
SELECT id, total - lag(total) OVER (ORDER BY placed_at) AS difference FROM orders;
-- name: aggregate with filter
SELECT customer_id, count(*) FILTER (WHERE status = 'paid') AS paid, avg(total), max(placed_at)
FROM orders GROUP BY customer_id HAVING sum(quantity) > 3;
-- name: union
SELECT id::text, name FROM customers UNION ALL SELECT id::text, vat_number FROM billing.customers ORDER BY 2;
-- name: union without casts
SELECT note FROM orders UNION SELECT title FROM products;
-- name: json fields
SELECT id, data->'shipping'->>'city' AS city FROM orders WHERE data->>'source' = $1 AND data @> $2;
-- name: json key exists
SELECT id FROM customers WHERE settings ? 'newsletter';
-- name: json built by hand
SELECT json_build_object('id', o.id, 'note', o.note, 'items', (SELECT json_agg(json_build_object('sku', p.sku))
    FROM items i JOIN products p ON p.id = i.product_id WHERE i.order_id = o.id)) FROM orders o;
-- name: arrays
SELECT id FROM customers WHERE tags && ARRAY['vip'] OR 'x' = ANY(tags);
-- name: any of a parameter
SELECT email FROM customers WHERE id = ANY($1) AND country IN ('DE', 'FR');
-- name: between and case
SELECT CASE WHEN total > 100 THEN 'large' WHEN note IS NULL THEN 'unknown' ELSE 'small' END AS size FROM orders
WHERE placed_at BETWEEN $1 AND $2;
-- name: text functions
SELECT lower(email), upper(name), length(note), substring(note from 1 for 10) FROM customers JOIN orders ON customer_id = customers.id;
-- name: like
SELECT id FROM products WHERE title ILIKE '%' || $1 || '%' AND sku ~ '^A';
-- name: dates
SELECT date_trunc('month', placed_at) AS month, extract(year FROM placed_at) AS year, count(*) FROM orders GROUP BY 1, 2;
-- name: distinct on
SELECT DISTINCT ON (customer_id) customer_id, note FROM orders ORDER BY customer_id, placed_at DESC;
-- name: locked rows of a queue
SELECT id FROM orders WHERE status = 'open' ORDER BY placed_at LIMIT 1 FOR UPDATE SKIP LOCKED;
-- name: boolean column as a condition
SELECT email FROM customers WHERE active AND NOT (country = 'US');
-- name: view in between
SELECT customer_id, amount FROM order_totals WHERE amount > $1;
-- name: field of a row
SELECT (o).note FROM orders o;
-- name: order by a name of the result
SELECT id, total * quantity AS worth FROM orders ORDER BY worth DESC;
-- name: scalar subquery
SELECT name, (SELECT max(total) FROM orders WHERE customer_id = customers.id) FROM customers;
-- name: correlated by an unqualified name
SELECT email FROM customers WHERE id IN (SELECT customer_id FROM orders WHERE quantity > 2);
-- name: values
SELECT o.id FROM orders o JOIN (VALUES (1, 'a'), (2, 'b')) AS wanted (quantity, label) ON wanted.quantity = o.quantity;
-- name: two schemas by name
SELECT i.id, i.due, o.note FROM billing.invoices i JOIN public.orders o ON o.id = i.order_id WHERE NOT i.paid;
-- name: the same table name in two schemas
SELECT c.email, b.vat_number FROM customers c, billing.customers b;
-- name: qualified by schema and table
SELECT public.orders.note FROM public.orders WHERE public.orders.id = $1;
-- name: reads nothing
SELECT 1;
-- name: function of the application
SELECT shout(name) FROM customers;
-- name: function that is written like a column
SELECT o.id, o.label FROM orders o;
-- name: function that returns rows of a table
SELECT note, total FROM open_orders();
-- name: cast to an enum
SELECT id FROM orders WHERE status = $1::order_status;
-- name: grouped by the primary key alone
SELECT p.id, p.title, count(i.quantity) FROM products p LEFT JOIN items i ON i.product_id = p.id GROUP BY p.id;
-- name: comparison of columns of two tables
SELECT i.order_id FROM items i JOIN orders o ON o.quantity = i.quantity AND o.total > i.price;
-- name: coalesce and arithmetic
SELECT id, coalesce(quantity, 0) * total AS worth, coalesce(note, 'none') AS note FROM orders;
-- name: grouping sets
SELECT customer_id, status, sum(quantity) FROM orders GROUP BY GROUPING SETS ((customer_id), (status), ());
-- name: aggregate in order
SELECT customer_id, string_agg(note, ', ' ORDER BY placed_at), array_agg(id) FROM orders GROUP BY customer_id;
-- name: tuples
SELECT id FROM orders WHERE (customer_id, quantity) IN (SELECT order_id, quantity FROM items) AND (id, total) > ($1, $2);
-- name: joins in brackets
SELECT c.email, o.note, p.sku FROM ((customers c JOIN orders o ON ((o.customer_id = c.id)))
LEFT JOIN (items i JOIN products p ON ((p.id = i.product_id))) ON ((i.order_id = o.id)));
