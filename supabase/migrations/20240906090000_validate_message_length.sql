-- Checks the messages that were there before the limit. Reads the whole table, but nobody waits for it:
-- VALIDATE takes SHARE UPDATE EXCLUSIVE, beside which rows are read and written.

ALTER TABLE public.messages VALIDATE CONSTRAINT messages_body_length_check;
