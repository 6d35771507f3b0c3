-- search_path and role of the session, as prepared queries are to be read under.
SELECT current_setting('search_path'), current_setting('role')
