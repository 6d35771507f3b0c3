-- Workspaces and who belongs to them.
-- Every table is born with row security on and closed to anon: until a policy opens it, the API sees nothing of it.

CREATE SCHEMA private;
COMMENT ON SCHEMA private IS 'Functions that policies and triggers need. Not exposed by the API.';
GRANT USAGE ON SCHEMA private TO authenticated, service_role;

CREATE TYPE public.workspace_role AS ENUM ('owner', 'admin', 'member');

CREATE TABLE public.workspaces (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 80),
    slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9-]{3,40}$'),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE public.workspace_members (
    workspace_id uuid NOT NULL REFERENCES public.workspaces (id) ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES auth.users (id) ON DELETE CASCADE,
    role public.workspace_role NOT NULL DEFAULT 'member',
    joined_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, user_id)
);

-- The primary key serves workspace_id. Deleting a user, and every policy, looks from the other side.
CREATE INDEX workspace_members_user_id_idx ON public.workspace_members (user_id);

ALTER TABLE public.workspaces ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.workspace_members ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON public.workspaces, public.workspace_members FROM anon;
