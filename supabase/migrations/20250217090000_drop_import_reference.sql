-- The move from the old product is over; nobody looks up a thread by its old identifier any more.
-- This loses data: a quarter of the conversations has one. The backup before `migsafe apply` is the only way back to the values.

ALTER TABLE public.conversations DROP COLUMN imported_from;
