-- What these return is JSON before and after: a server prepares them, and their keys change. Run on rows to find the truth.
-- name: to_jsonb
SELECT to_jsonb(o) FROM orders o;
-- name: row_to_json of a star
SELECT row_to_json(o.*) FROM orders o;
-- name: json_agg over a star
SELECT coalesce(json_agg(t), '[]') FROM (SELECT * FROM orders) t;
-- name: PostgREST star
WITH pgrst_source AS (SELECT "public"."orders".* FROM "public"."orders")
SELECT coalesce(json_agg(_postgrest_t), '[]') AS body FROM (SELECT * FROM pgrst_source) _postgrest_t;
-- name: json_agg of named columns
SELECT json_agg(t) FROM (SELECT id, note FROM orders) t;
