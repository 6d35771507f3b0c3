-- Lifts the ledger from format 1 to 2, whose entries name the catalog that a run left: returns nothing.
COMMENT ON SCHEMA migsafe IS 'migsafe ledger, format 2: the record of migrations. Append-only; do not edit.';
INSERT INTO migsafe.meta (format, lineage) SELECT 2, lineage FROM migsafe.meta WHERE format = 1;
