-- Writes one entry: returns nothing.
INSERT INTO migsafe.ledger (sequence, run, kind, body, previous, hash)
VALUES (%(sequence)s, %(run)s, %(kind)s, %(body)s, %(previous)s, %(hash)s);
