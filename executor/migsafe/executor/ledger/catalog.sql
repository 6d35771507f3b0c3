-- Makes the table that keeps the catalog which the last run left: returns nothing. Runs where it is not there.
-- One row, which each run replaces: entries of the ledger carry the hash of the document, so a change of it is noticed.
CREATE TABLE migsafe.catalog (
    content text PRIMARY KEY,
    document bytea NOT NULL
);
ALTER TABLE migsafe.catalog ENABLE ROW LEVEL SECURITY;

DO $$
DECLARE
    grantee text;
BEGIN
    FOR grantee IN
        SELECT DISTINCT CASE given.grantee WHEN 0 THEN 'PUBLIC' ELSE given.grantee::regrole::text END
        FROM pg_catalog.pg_class AS made, pg_catalog.aclexplode(made.relacl) AS given
        WHERE made.oid = 'migsafe.catalog'::regclass AND given.grantee <> made.relowner
    LOOP
        EXECUTE format('REVOKE ALL ON migsafe.catalog FROM %s', grantee);
    END LOOP;
END
$$;
