ALTER TABLE billing.invoices ALTER COLUMN paid DROP DEFAULT, ALTER COLUMN paid TYPE integer USING paid::integer;
