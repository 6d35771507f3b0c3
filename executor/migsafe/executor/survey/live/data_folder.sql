-- One row: where the data folder is; null where our role may not know.
SELECT current_setting('data_directory', true)
WHERE pg_has_role(current_user, 'pg_read_all_settings', 'USAGE');
