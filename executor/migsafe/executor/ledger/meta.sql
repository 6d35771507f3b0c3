-- At most one row: the format of the ledger's tables and its lineage.
SELECT format, lineage::text FROM migsafe.meta ORDER BY format DESC LIMIT 1;
