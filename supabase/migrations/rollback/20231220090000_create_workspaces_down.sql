-- Takes workspaces and members away, with all that is in them.

DROP TABLE public.workspace_members;
DROP TABLE public.workspaces;
DROP TYPE public.workspace_role;
DROP SCHEMA private;
