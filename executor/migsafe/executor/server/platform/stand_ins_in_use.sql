-- Returns the names of the extensions in this database that are stand-ins of ours; the comment comes from their control file.
SELECT extension.extname::text
FROM pg_catalog.pg_extension AS extension
JOIN pg_catalog.pg_available_extensions AS offered ON offered.name = extension.extname
WHERE offered.comment LIKE '%(stand-in)'
ORDER BY extension.extname
