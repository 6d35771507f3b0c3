-- Takes the demonstration data away, and with the workspaces all that was added to them since.

DELETE FROM public.workspaces WHERE id IN (SELECT md5(format('demo workspace %s', n))::uuid FROM generate_series(1, 5) AS n);
DELETE FROM auth.users WHERE id IN (SELECT md5(format('demo user %s', n))::uuid FROM generate_series(1, 40) AS n);
