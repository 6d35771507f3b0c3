-- Takes the column away, with the languages that were told meanwhile. The index would go with the column, but under its strong lock:
-- taken away first, nobody waits for that part.

DROP INDEX CONCURRENTLY public.messages_language_idx;
ALTER TABLE public.messages DROP COLUMN language;
