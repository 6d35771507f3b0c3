-- Aria, the assistant, joins conversations. A row says that she takes part and how; a conversation without one is without her.
-- What she answered is an ordinary message; aria_replies keeps what it cost.

CREATE TYPE public.aria_state AS ENUM ('listening', 'answering', 'asleep');

CREATE TABLE public.aria_conversations (
    conversation_id uuid PRIMARY KEY REFERENCES public.conversations (id) ON DELETE CASCADE,
    invited_by uuid REFERENCES auth.users (id) ON DELETE SET NULL,
    state public.aria_state NOT NULL DEFAULT 'listening',
    instructions text NOT NULL DEFAULT '' CHECK (char_length(instructions) <= 4000),
    monthly_token_limit integer NOT NULL DEFAULT 200000 CHECK (monthly_token_limit >= 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX aria_conversations_invited_by_idx ON public.aria_conversations (invited_by);

CREATE TABLE public.aria_replies (
    message_id bigint PRIMARY KEY REFERENCES public.messages (id) ON DELETE CASCADE,
    conversation_id uuid NOT NULL REFERENCES public.aria_conversations (conversation_id) ON DELETE CASCADE,
    model text NOT NULL,
    prompt_tokens integer NOT NULL CHECK (prompt_tokens >= 0),
    reply_tokens integer NOT NULL CHECK (reply_tokens >= 0),
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX aria_replies_conversation_id_created_at_idx ON public.aria_replies (conversation_id, created_at);

ALTER TABLE public.aria_conversations ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.aria_replies ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON public.aria_conversations, public.aria_replies FROM anon;

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.aria_conversations
    FOR EACH ROW EXECUTE FUNCTION private.touch_updated_at();

CREATE POLICY "members see where aria takes part" ON public.aria_conversations
    FOR SELECT TO authenticated
    USING (conversation_id IN (SELECT id FROM public.conversations));

CREATE POLICY "members invite aria" ON public.aria_conversations
    FOR INSERT TO authenticated
    WITH CHECK (invited_by = (SELECT auth.uid()) AND conversation_id IN (SELECT id FROM public.conversations));

CREATE POLICY "members instruct aria" ON public.aria_conversations
    FOR UPDATE TO authenticated
    USING (conversation_id IN (SELECT id FROM public.conversations))
    WITH CHECK (conversation_id IN (SELECT id FROM public.conversations));

CREATE POLICY "members see what aria cost" ON public.aria_replies
    FOR SELECT TO authenticated
    USING (conversation_id IN (SELECT id FROM public.conversations));

CREATE FUNCTION public.aria_tokens_left(conversation_id uuid) RETURNS bigint
    LANGUAGE sql STABLE SECURITY INVOKER SET search_path = ''
AS $$
    SELECT aria.monthly_token_limit - coalesce(sum(reply.prompt_tokens + reply.reply_tokens), 0)
    FROM public.aria_conversations AS aria
    LEFT JOIN public.aria_replies AS reply
        ON reply.conversation_id = aria.conversation_id AND reply.created_at >= date_trunc('month', now())
    WHERE aria.conversation_id = aria_tokens_left.conversation_id
    GROUP BY aria.conversation_id
$$;

REVOKE ALL ON FUNCTION public.aria_tokens_left(uuid) FROM PUBLIC, anon;
