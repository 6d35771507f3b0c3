-- What a workspace used on a day, counted by a trigger.
-- The trigger is SECURITY DEFINER: members cause the counting, but nobody may write the counters themselves.

CREATE TYPE public.usage_metric AS ENUM ('messages', 'attachments', 'attached_bytes');

CREATE TABLE public.usage_counters (
    workspace_id uuid NOT NULL REFERENCES public.workspaces (id) ON DELETE CASCADE,
    day date NOT NULL,
    metric public.usage_metric NOT NULL,
    amount bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (workspace_id, day, metric)
);

ALTER TABLE public.usage_counters ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON public.usage_counters FROM anon;

CREATE POLICY "admins read usage" ON public.usage_counters
    FOR SELECT TO authenticated
    USING (workspace_id IN (SELECT private.workspaces_i_run()));

-- One row per workspace and day for the whole statement, so that a bulk import does not fight over it message by message.
CREATE FUNCTION private.count_messages() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    INSERT INTO public.usage_counters AS counter (workspace_id, day, metric, amount)
    SELECT conversation.workspace_id, (message.created_at AT TIME ZONE 'UTC')::date, 'messages', count(*)
    FROM inserted AS message
    JOIN public.conversations AS conversation ON conversation.id = message.conversation_id
    GROUP BY 1, 2
    ORDER BY 1, 2
    ON CONFLICT (workspace_id, day, metric) DO UPDATE SET amount = counter.amount + excluded.amount;

    UPDATE public.conversations AS conversation
    SET last_message_at = newest.created_at
    FROM (SELECT conversation_id, max(created_at) AS created_at FROM inserted GROUP BY conversation_id) AS newest
    WHERE conversation.id = newest.conversation_id
      AND newest.created_at > coalesce(conversation.last_message_at, '-infinity');
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION private.count_messages() FROM PUBLIC;

CREATE TRIGGER count_messages AFTER INSERT ON public.messages
    REFERENCING NEW TABLE AS inserted
    FOR EACH STATEMENT EXECUTE FUNCTION private.count_messages();
