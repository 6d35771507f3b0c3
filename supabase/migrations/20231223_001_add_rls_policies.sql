-- Opens the four tables to those who belong there.
-- `(SELECT ...)` around a function makes the server ask once per query instead of once per row, and `TO authenticated` spares anon the
-- question. Whatever has no policy stays forbidden: nobody deletes a workspace through the API.

CREATE POLICY "members see their workspaces" ON public.workspaces
    FOR SELECT TO authenticated
    USING (id IN (SELECT private.my_workspaces()));

CREATE POLICY "admins change their workspaces" ON public.workspaces
    FOR UPDATE TO authenticated
    USING (id IN (SELECT private.workspaces_i_run()))
    WITH CHECK (id IN (SELECT private.workspaces_i_run()));

CREATE POLICY "members see each other" ON public.workspace_members
    FOR SELECT TO authenticated
    USING (workspace_id IN (SELECT private.my_workspaces()));

CREATE POLICY "admins add members" ON public.workspace_members
    FOR INSERT TO authenticated
    WITH CHECK (workspace_id IN (SELECT private.workspaces_i_run()) AND role <> 'owner');

CREATE POLICY "members leave, admins remove" ON public.workspace_members
    FOR DELETE TO authenticated
    USING (
        role <> 'owner'
        AND (user_id = (SELECT auth.uid()) OR workspace_id IN (SELECT private.workspaces_i_run()))
    );

CREATE POLICY "members read conversations" ON public.conversations
    FOR SELECT TO authenticated
    USING (workspace_id IN (SELECT private.my_workspaces()));

CREATE POLICY "members start conversations" ON public.conversations
    FOR INSERT TO authenticated
    WITH CHECK (workspace_id IN (SELECT private.my_workspaces()) AND started_by = (SELECT auth.uid()));

CREATE POLICY "starters and admins rename conversations" ON public.conversations
    FOR UPDATE TO authenticated
    USING (started_by = (SELECT auth.uid()) OR workspace_id IN (SELECT private.workspaces_i_run()))
    WITH CHECK (workspace_id IN (SELECT private.my_workspaces()));

-- The inner query meets the policies of conversations, so membership is told in one place.
CREATE POLICY "members read messages" ON public.messages
    FOR SELECT TO authenticated
    USING (conversation_id IN (SELECT id FROM public.conversations));

CREATE POLICY "members write messages" ON public.messages
    FOR INSERT TO authenticated
    WITH CHECK (author_id = (SELECT auth.uid()) AND conversation_id IN (SELECT id FROM public.conversations));

CREATE POLICY "authors edit their messages" ON public.messages
    FOR UPDATE TO authenticated
    USING (author_id = (SELECT auth.uid()))
    WITH CHECK (author_id = (SELECT auth.uid()) AND conversation_id IN (SELECT id FROM public.conversations));

CREATE POLICY "authors delete their messages" ON public.messages
    FOR DELETE TO authenticated
    USING (author_id = (SELECT auth.uid()));
