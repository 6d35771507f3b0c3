-- Takes the search index away without keeping anyone from writing.

DROP INDEX CONCURRENTLY public.messages_body_search_idx;
