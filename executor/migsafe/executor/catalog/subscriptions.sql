-- One row for each subscription of this database, shaped as the rows of others.sql. Where it connects to is a secret, and
-- left out. Since PostgreSQL 14, which lets every role read these columns.
SELECT
    'pg_subscription' AS class, oid::bigint, 'subscription' AS kind, quote_ident(subname) AS name,
    pg_get_userbyid(subowner)::text AS owner,
    format(
        'CREATE SUBSCRIPTION %%I PUBLICATION %%s WITH (enabled = %%s, slot_name = %%s, synchronous_commit = %%s)', subname,
        array_to_string(subpublications, ', '), subenabled, coalesce(quote_literal(subslotname), 'NONE'), subsynccommit
    ) AS definition
FROM pg_subscription
WHERE subdbid = (SELECT pg_database.oid FROM pg_database WHERE datname = current_database());
