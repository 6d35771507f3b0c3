-- Takes conversations and messages away, with all that was said.

DROP TABLE public.messages;
DROP TABLE public.conversations;
