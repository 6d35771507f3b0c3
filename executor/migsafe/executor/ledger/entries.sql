-- One row for each entry of the ledger, oldest first; times in UTC, ISO 8601.
SELECT
    sequence,
    run::text,
    kind,
    pg_catalog.to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at,
    body,
    previous,
    hash
FROM migsafe.ledger
ORDER BY sequence;
