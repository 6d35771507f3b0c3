-- What bootstrap looks for to know that it has been here. A comment on a schema travels with templates and dumps.

COMMENT ON SCHEMA auth IS 'Supabase platform as migsafe stands it up, edition 3';
