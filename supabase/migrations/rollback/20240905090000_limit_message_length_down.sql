-- Lifts the limit.

ALTER TABLE public.messages DROP CONSTRAINT messages_body_length_check;
