-- One row of no interest: until the transaction ends, nothing is written, waited for or computed for long.
SELECT
    set_config('transaction_read_only', 'on', true),
    set_config('statement_timeout', %(statement)s, true),
    set_config('lock_timeout', %(lock)s, true),
    set_config('timezone', 'UTC', true);
