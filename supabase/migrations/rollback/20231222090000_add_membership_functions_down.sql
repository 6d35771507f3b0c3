-- Takes the triggers and functions away; no data is touched.

DROP TRIGGER touch_updated_at ON public.conversations;
DROP TRIGGER touch_updated_at ON public.workspaces;
DROP FUNCTION private.touch_updated_at();
DROP FUNCTION private.workspaces_i_run();
DROP FUNCTION private.my_workspaces();
