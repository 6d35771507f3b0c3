-- No message longer than 20,000 characters. NOT VALID holds for new rows at once and reads no old ones,
-- so the strong lock is held for a moment only; the next migration looks at the old rows.

ALTER TABLE public.messages
    ADD CONSTRAINT messages_body_length_check CHECK (char_length(body) BETWEEN 1 AND 20000) NOT VALID;
