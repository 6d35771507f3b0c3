-- At most one row: sequence and hash of the last entry.
SELECT sequence, hash FROM migsafe.ledger ORDER BY sequence DESC LIMIT 1;
