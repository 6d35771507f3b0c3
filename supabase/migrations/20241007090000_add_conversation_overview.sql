-- The list of conversations with its numbers, and one call to write a message.
-- security_invoker: the view shows what the caller may see, not what its owner may. The function runs as the caller for the same reason.

CREATE VIEW public.conversation_overview WITH (security_invoker = true) AS
SELECT
    conversation.id,
    conversation.workspace_id,
    conversation.title,
    conversation.last_message_at,
    (SELECT count(*) FROM public.messages AS message WHERE message.conversation_id = conversation.id) AS messages,
    (
        SELECT count(*)
        FROM public.messages AS message
        WHERE message.conversation_id = conversation.id
          AND message.id > coalesce(mark.last_read_message_id, 0)
    ) AS unread
FROM public.conversations AS conversation
LEFT JOIN public.read_marks AS mark
    ON mark.conversation_id = conversation.id AND mark.user_id = (SELECT auth.uid());

REVOKE ALL ON public.conversation_overview FROM anon;

CREATE FUNCTION public.post_message(conversation_id uuid, body text) RETURNS bigint
    LANGUAGE sql SECURITY INVOKER SET search_path = ''
AS $$
    INSERT INTO public.messages (conversation_id, author_id, body)
    VALUES (post_message.conversation_id, (SELECT auth.uid()), post_message.body)
    RETURNING id
$$;

REVOKE ALL ON FUNCTION public.post_message(uuid, text) FROM PUBLIC, anon;

-- Clients see new messages as they come; row security holds there too.
ALTER PUBLICATION supabase_realtime ADD TABLE public.messages;
