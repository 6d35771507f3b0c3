ALTER TABLE orders ADD COLUMN priority integer;
