-- How far each member has read a conversation.

CREATE TABLE public.read_marks (
    conversation_id uuid NOT NULL REFERENCES public.conversations (id) ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES auth.users (id) ON DELETE CASCADE,
    last_read_message_id bigint REFERENCES public.messages (id) ON DELETE SET NULL,
    read_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (conversation_id, user_id)
);

CREATE INDEX read_marks_user_id_idx ON public.read_marks (user_id);
CREATE INDEX read_marks_last_read_message_id_idx ON public.read_marks (last_read_message_id);

ALTER TABLE public.read_marks ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON public.read_marks FROM anon;

CREATE POLICY "readers keep their own marks" ON public.read_marks
    FOR ALL TO authenticated
    USING (user_id = (SELECT auth.uid()))
    WITH CHECK (user_id = (SELECT auth.uid()) AND conversation_id IN (SELECT id FROM public.conversations));
