-- Takes view, function and live messages away; no data is touched.

ALTER PUBLICATION supabase_realtime DROP TABLE public.messages;
DROP FUNCTION public.post_message(uuid, text);
DROP VIEW public.conversation_overview;
