-- name: Prisma find many
SELECT "public"."User"."id", "public"."User"."firstName", "public"."User"."createdAt" FROM "public"."User"
WHERE ("public"."User"."teamId" = $1 AND 1=1) ORDER BY "public"."User"."id" ASC LIMIT $2 OFFSET $3;
-- name: Prisma relation by lateral join
SELECT "t1"."id", "t1"."firstName", "User_posts"."__prisma_data__" AS "posts" FROM "public"."User" AS "t1"
LEFT JOIN LATERAL (SELECT COALESCE(JSONB_AGG("__prisma_data__"), '[]') AS "__prisma_data__" FROM (
    SELECT "t3"."__prisma_data__" FROM (
        SELECT JSONB_BUILD_OBJECT('id', "t2"."id", 'title', "t2"."title") AS "__prisma_data__" FROM (
            SELECT "t2".* FROM "public"."Post" AS "t2" WHERE "t1"."id" = "t2"."authorId" /* root select */
        ) AS "t2"
    ) AS "t3"
) AS "t4") AS "User_posts" ON TRUE;
-- name: Prisma create
INSERT INTO "public"."Post" ("id","authorId","title","published") VALUES ($1,$2,$3,$4)
RETURNING "public"."Post"."id", "public"."Post"."authorId", "public"."Post"."title", "public"."Post"."published";
-- name: Prisma update many
UPDATE "public"."Post" SET "published" = $1 WHERE ("public"."Post"."id" IN ($2,$3) AND 1=1);
-- name: PostgREST read
WITH pgrst_source AS (SELECT "public"."orders"."id", "public"."orders"."note" FROM "public"."orders"
    WHERE "public"."orders"."customer_id" = $1 LIMIT $2 OFFSET $3)
SELECT null::bigint AS total_result_set, pg_catalog.count(_postgrest_t) AS page_total,
    coalesce(json_agg(_postgrest_t), '[]') AS body, nullif(current_setting('response.headers', true), '') AS response_headers
FROM (SELECT * FROM pgrst_source) _postgrest_t;
-- name: PostgREST embedding
SELECT "public"."customers"."email", COALESCE("customers_orders_1"."customers_orders_1", '[]') AS "orders"
FROM "public"."customers" LEFT JOIN LATERAL (
    SELECT json_agg("customers_orders_1")::jsonb AS "customers_orders_1" FROM (
        SELECT "orders_1"."id", "orders_1"."total" FROM "public"."orders" AS "orders_1"
        WHERE "orders_1"."customer_id" = "public"."customers"."id") AS "customers_orders_1"
) AS "customers_orders_1" ON TRUE;
-- name: PostgREST insert
WITH pgrst_source AS (
    WITH pgrst_payload AS (SELECT $1::json AS json_data),
    pgrst_body AS (SELECT CASE WHEN json_typeof(json_data) = 'array' THEN json_data ELSE json_build_array(json_data) END AS val FROM pgrst_payload)
    INSERT INTO "public"."products" ("id", "title") SELECT "id", "title"
    FROM json_populate_recordset(null::"public"."products", (SELECT val FROM pgrst_body)) _ RETURNING "public"."products"."id"
) SELECT '' AS total_result_set, pg_catalog.count(_postgrest_t) AS page_total FROM (SELECT * FROM pgrst_source) _postgrest_t;
-- name: PostgREST insert by record definition
INSERT INTO "public"."products" ("id", "sku") SELECT pgrst_body."id", pgrst_body."sku"
FROM (SELECT $1::json AS json_data) pgrst_payload,
LATERAL (SELECT "id", "sku" FROM json_to_recordset(pgrst_payload.json_data) AS _("id" integer, "sku" text)) pgrst_body;
-- name: ActiveRecord eager load
SELECT "orders"."id" AS t0_r0, "orders"."note" AS t0_r1, "customers"."id" AS t1_r0, "customers"."email" AS t1_r1
FROM "orders" LEFT OUTER JOIN "customers" ON "customers"."id" = "orders"."customer_id" WHERE "orders"."status" = $1;
-- name: ActiveRecord find
SELECT "customers".* FROM "customers" WHERE "customers"."email" = $1 LIMIT $2;
-- name: ActiveRecord exists
SELECT 1 AS one FROM "orders" WHERE "orders"."customer_id" = $1 LIMIT $2;
-- name: Django with annotations
SELECT "customers"."id", "customers"."name", COUNT("orders"."id") AS "order_count", COALESCE(SUM("orders"."total"), 0) AS "spent"
FROM "customers" LEFT OUTER JOIN "orders" ON ("customers"."id" = "orders"."customer_id")
WHERE "customers"."country" IN (%s, %s) GROUP BY "customers"."id" ORDER BY "order_count" DESC;
-- name: Django update with a lookup
UPDATE "orders" SET "quantity" = ("orders"."quantity" + %s) WHERE "orders"."id" = %s;
-- name: SQLAlchemy named
SELECT orders.id AS orders_id, orders.note AS orders_note FROM orders
WHERE orders.placed_at >= %(placed_at_1)s AND orders.placed_at < %(placed_at_2)s;
-- name: sqlc named
SELECT id, title FROM products WHERE title = @title AND (sqlc.narg('sku')::text IS NULL OR sku = sqlc.narg('sku'));
-- name: sqlc embed
SELECT sqlc.embed(orders), customers.email FROM orders JOIN customers ON customers.id = orders.customer_id;
-- name: question marks
SELECT id, note FROM orders WHERE customer_id = ? AND status = ? LIMIT ?;
-- name: colons
SELECT id::text, due FROM billing.invoices WHERE due <= :until AND order_id = :order;
-- name: unqualified in a second schema of the search path
SELECT id, amount FROM invoices WHERE NOT paid;
