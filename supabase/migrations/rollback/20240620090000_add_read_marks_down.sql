-- Takes the read marks away: every conversation is unread again.

DROP TABLE public.read_marks;
