-- Data for demonstrations: 5 workspaces, 40 people, 500 conversations, 8,000 messages. All of it is computed from numbers,
-- so it is the same everywhere and its rollback knows it. The accounts have no password: nobody can sign in with them.

INSERT INTO auth.users (id, aud, role, email, raw_user_meta_data, created_at, updated_at)
SELECT
    md5(format('demo user %s', n))::uuid,
    'authenticated',
    'authenticated',
    format('demo-%s@example.com', n),
    jsonb_build_object('name', format('Demo person %s', n)),
    timestamptz '2025-01-01 08:00+00',
    timestamptz '2025-01-01 08:00+00'
FROM generate_series(1, 40) AS n;

INSERT INTO public.workspaces (id, name, slug)
SELECT md5(format('demo workspace %s', n))::uuid, format('Demo workspace %s', n), format('demo-%s', n)
FROM generate_series(1, 5) AS n;

INSERT INTO public.workspace_members (workspace_id, user_id, role)
SELECT
    md5(format('demo workspace %s', 1 + n % 5))::uuid,
    md5(format('demo user %s', n))::uuid,
    (CASE WHEN n <= 5 THEN 'owner' WHEN n <= 10 THEN 'admin' ELSE 'member' END)::public.workspace_role
FROM generate_series(1, 40) AS n;

-- Every tenth has no title, every fourth was imported.
INSERT INTO public.conversations (id, workspace_id, started_by, title, imported_from, created_at)
SELECT
    md5(format('demo conversation %s', n))::uuid,
    md5(format('demo workspace %s', 1 + n % 5))::uuid,
    md5(format('demo user %s', 1 + (n - 1) % 40))::uuid,
    CASE WHEN n % 10 <> 0 THEN format('About topic %s', n) END,
    CASE WHEN n % 4 = 0 THEN format('thread-%s', 100000 + n) END,
    timestamptz '2025-01-01 09:00+00' + n * interval '10 minutes'
FROM generate_series(1, 500) AS n;

INSERT INTO public.messages (conversation_id, author_id, body, created_at)
SELECT
    md5(format('demo conversation %s', 1 + n % 500))::uuid,
    md5(format('demo user %s', 1 + n % 40))::uuid,
    format('Message %s: %s', n, repeat('a word or two ', 1 + n % 7)),
    timestamptz '2025-01-05 09:00+00' + n * interval '1 minute'
FROM generate_series(1, 8000) AS n;

INSERT INTO public.attachments (message_id, path, media_type, bytes)
SELECT
    message.id,
    format('%s/%s/%s.png', conversation.workspace_id, conversation.id, message.id),
    'image/png',
    1000 + message.id % 90000
FROM public.messages AS message
JOIN public.conversations AS conversation ON conversation.id = message.conversation_id
JOIN public.workspaces AS workspace ON workspace.id = conversation.workspace_id AND workspace.slug LIKE 'demo-%'
WHERE message.id % 13 = 0;

INSERT INTO public.aria_conversations (conversation_id, invited_by)
SELECT md5(format('demo conversation %s', n))::uuid, md5(format('demo user %s', 1 + (n - 1) % 40))::uuid
FROM generate_series(5, 500, 5) AS n;
