-- Aria leaves. Her answers stay as messages; settings and costs go.

DROP FUNCTION public.aria_tokens_left(uuid);
DROP TABLE public.aria_replies;
DROP TABLE public.aria_conversations;
DROP TYPE public.aria_state;
