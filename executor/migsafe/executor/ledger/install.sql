-- Makes the ledger, format 1: returns nothing. Runs once, inside one transaction.
CREATE SCHEMA migsafe;
COMMENT ON SCHEMA migsafe IS 'migsafe ledger, format 1: the record of migrations. Append-only; do not edit.';

-- One row for each format that the tables went through; the highest is the present one.
CREATE TABLE migsafe.meta (
    format integer PRIMARY KEY,
    lineage uuid NOT NULL DEFAULT gen_random_uuid(),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Each entry names the hash of the one before it; both are unique, so the chain cannot fork.
CREATE TABLE migsafe.ledger (
    sequence bigint PRIMARY KEY,
    run uuid NOT NULL,
    kind text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
    body jsonb NOT NULL,
    previous text NOT NULL UNIQUE,
    hash text NOT NULL UNIQUE
);

CREATE FUNCTION migsafe.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION 'the ledger of migsafe is append-only: % on % is refused', TG_OP, TG_RELID::regclass
        USING ERRCODE = 'object_not_in_prerequisite_state';
END
$$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON migsafe.meta
    FOR EACH STATEMENT EXECUTE FUNCTION migsafe.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON migsafe.ledger
    FOR EACH STATEMENT EXECUTE FUNCTION migsafe.refuse_change();
-- ALWAYS: also under session_replication_role = replica.
ALTER TABLE migsafe.meta ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE migsafe.ledger ENABLE ALWAYS TRIGGER append_only;

-- No policy: only the owner and superusers see rows, whatever is granted later.
ALTER TABLE migsafe.meta ENABLE ROW LEVEL SECURITY;
ALTER TABLE migsafe.ledger ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON FUNCTION migsafe.refuse_change() FROM PUBLIC;
-- Default privileges (Supabase sets some) may have granted more than the owner's rights to anyone.
DO $$
DECLARE
    grantee text;
BEGIN
    FOR grantee IN
        SELECT DISTINCT CASE given.grantee WHEN 0 THEN 'PUBLIC' ELSE given.grantee::regrole::text END
        FROM (
            SELECT nspacl AS acl, nspowner AS owner FROM pg_catalog.pg_namespace WHERE nspname = 'migsafe'
            UNION ALL
            SELECT relacl, relowner FROM pg_catalog.pg_class WHERE relnamespace = 'migsafe'::regnamespace
            UNION ALL
            SELECT proacl, proowner FROM pg_catalog.pg_proc WHERE pronamespace = 'migsafe'::regnamespace
        ) AS object, pg_catalog.aclexplode(object.acl) AS given
        WHERE given.grantee <> object.owner
    LOOP
        EXECUTE format('REVOKE ALL ON SCHEMA migsafe FROM %s', grantee);
        EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA migsafe FROM %s', grantee);
        EXECUTE format('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA migsafe FROM %s', grantee);
    END LOOP;
END
$$;

INSERT INTO migsafe.meta (format) VALUES (1);
