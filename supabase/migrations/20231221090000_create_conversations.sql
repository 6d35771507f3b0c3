-- Conversations of a workspace and the messages in them.

CREATE TABLE public.conversations (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    workspace_id uuid NOT NULL REFERENCES public.workspaces (id) ON DELETE CASCADE,
    started_by uuid REFERENCES auth.users (id) ON DELETE SET NULL,
    title text,
    last_message_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    imported_from text
);
COMMENT ON COLUMN public.conversations.imported_from IS 'Identifier of the thread in the product that we moved from.';

CREATE INDEX conversations_workspace_id_last_message_at_idx
    ON public.conversations (workspace_id, last_message_at DESC NULLS LAST);
CREATE INDEX conversations_started_by_idx ON public.conversations (started_by);

CREATE TABLE public.messages (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    conversation_id uuid NOT NULL REFERENCES public.conversations (id) ON DELETE CASCADE,
    -- A message outlives the account of its author.
    author_id uuid REFERENCES auth.users (id) ON DELETE SET NULL,
    body text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    edited_at timestamptz
);

CREATE INDEX messages_conversation_id_id_idx ON public.messages (conversation_id, id);
CREATE INDEX messages_author_id_idx ON public.messages (author_id);

ALTER TABLE public.conversations ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.messages ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON public.conversations, public.messages FROM anon;
