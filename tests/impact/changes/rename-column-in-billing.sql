ALTER TABLE billing.invoices RENAME COLUMN amount TO sum;
