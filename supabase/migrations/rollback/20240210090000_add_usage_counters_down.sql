-- Stops the counting and takes the counters away; they can be counted again from the messages.

DROP TRIGGER count_messages ON public.messages;
DROP FUNCTION private.count_messages();
DROP TABLE public.usage_counters;
DROP TYPE public.usage_metric;
