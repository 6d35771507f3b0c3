-- The language of a message, told by the client when it knows. A nullable column without a default is a change of the catalog only;
-- the index is built beside the traffic. It is partial because most messages have none yet.

ALTER TABLE public.messages ADD COLUMN language text;
COMMENT ON COLUMN public.messages.language IS 'BCP 47 tag, for instance de-CH; NULL when nobody knows.';

CREATE INDEX CONCURRENTLY messages_language_idx ON public.messages (language) WHERE language IS NOT NULL;
