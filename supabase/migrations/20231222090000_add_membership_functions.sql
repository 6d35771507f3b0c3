-- What policies ask about the caller, and the trigger that keeps updated_at.
-- SECURITY DEFINER lets a policy read the members without meeting the policies of that table again (endless recursion);
-- the empty search_path keeps anyone from slipping in a table or function of their own.

CREATE FUNCTION private.my_workspaces() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$
    SELECT workspace_id FROM public.workspace_members WHERE user_id = (SELECT auth.uid())
$$;

CREATE FUNCTION private.workspaces_i_run() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$
    SELECT workspace_id FROM public.workspace_members
    WHERE user_id = (SELECT auth.uid()) AND role IN ('owner', 'admin')
$$;

REVOKE ALL ON FUNCTION private.my_workspaces(), private.workspaces_i_run() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION private.my_workspaces(), private.workspaces_i_run() TO authenticated, service_role;

CREATE FUNCTION private.touch_updated_at() RETURNS trigger
    LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION private.touch_updated_at() FROM PUBLIC;

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.workspaces
    FOR EACH ROW EXECUTE FUNCTION private.touch_updated_at();
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.conversations
    FOR EACH ROW EXECUTE FUNCTION private.touch_updated_at();
