-- Brings the column back, empty. The values are in the backup that was taken before it was dropped.

ALTER TABLE public.conversations ADD COLUMN imported_from text;
COMMENT ON COLUMN public.conversations.imported_from IS 'Identifier of the thread in the product that we moved from.';
