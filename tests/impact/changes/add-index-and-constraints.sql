CREATE INDEX ON orders (note);
ALTER TABLE orders ADD CHECK (quantity > 0), ALTER COLUMN note SET DEFAULT 'x';
DROP INDEX orders_note_idx;
