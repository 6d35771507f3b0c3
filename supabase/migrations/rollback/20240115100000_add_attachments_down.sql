-- Takes the attachments away. While files lie in the bucket its row cannot go: empty it through the Storage API first,
-- as a row that is deleted here would leave the bytes behind.

DROP POLICY "members upload attached files" ON storage.objects;
DROP POLICY "members read attached files" ON storage.objects;
DELETE FROM storage.buckets WHERE id = 'attachments';
DROP TABLE public.attachments;
