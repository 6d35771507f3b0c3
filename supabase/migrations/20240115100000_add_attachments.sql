-- Files that hang on messages. The bytes lie in the private bucket `attachments`, under <workspace>/<conversation>/<file>;
-- the first folder of a path decides who may read it.

CREATE TABLE public.attachments (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    message_id bigint NOT NULL REFERENCES public.messages (id) ON DELETE CASCADE,
    path text NOT NULL UNIQUE,
    media_type text NOT NULL,
    bytes bigint NOT NULL CHECK (bytes >= 0),
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX attachments_message_id_idx ON public.attachments (message_id);

ALTER TABLE public.attachments ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON public.attachments FROM anon;

CREATE POLICY "members read attachments" ON public.attachments
    FOR SELECT TO authenticated
    USING (message_id IN (SELECT id FROM public.messages));

CREATE POLICY "authors attach files" ON public.attachments
    FOR INSERT TO authenticated
    WITH CHECK (message_id IN (SELECT id FROM public.messages WHERE author_id = (SELECT auth.uid())));

INSERT INTO storage.buckets (id, name, public) VALUES ('attachments', 'attachments', false);

CREATE POLICY "members read attached files" ON storage.objects
    FOR SELECT TO authenticated
    USING (
        bucket_id = 'attachments'
        AND (storage.foldername(name))[1] IN (SELECT workspace::text FROM private.my_workspaces() AS workspace)
    );

CREATE POLICY "members upload attached files" ON storage.objects
    FOR INSERT TO authenticated
    WITH CHECK (
        bucket_id = 'attachments'
        AND (storage.foldername(name))[1] IN (SELECT workspace::text FROM private.my_workspaces() AS workspace)
    );
