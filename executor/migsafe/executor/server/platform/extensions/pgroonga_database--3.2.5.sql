-- Stand-in for pgroonga_database: the one function is there. There are no files to remove.

CREATE FUNCTION pgroonga_database_remove() RETURNS boolean LANGUAGE sql RETURN true;
