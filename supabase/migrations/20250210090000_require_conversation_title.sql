-- Every conversation has a title, and attachments can be listed by kind.
-- Written the short way on purpose: SET NOT NULL reads the whole table while nobody may touch it, and the plain index
-- keeps writers out until it is built. `migsafe plan` says so and shows the long way.

UPDATE public.conversations SET title = 'Untitled' WHERE title IS NULL;
ALTER TABLE public.conversations ALTER COLUMN title SET NOT NULL;

CREATE INDEX attachments_media_type_idx ON public.attachments (media_type);
