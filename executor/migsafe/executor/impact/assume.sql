-- One row, of no interest: from here to the end of the (sub)transaction, the settings under which queries are prepared.
SELECT set_config('role', %(role)s, true),
       set_config('search_path', %(search_path)s, true),
       set_config('statement_timeout', %(timeout)s, true)
