ALTER TABLE products ALTER COLUMN title TYPE integer USING length(title);
