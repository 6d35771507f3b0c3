-- Full text search over messages. An index over an expression needs no new column, so no row is written anew.
-- CONCURRENTLY: messages keep arriving while it is built. It cannot run in a transaction, hence it stands alone.

CREATE INDEX CONCURRENTLY messages_body_search_idx ON public.messages USING gin (to_tsvector('simple', body));
