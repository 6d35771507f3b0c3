CREATE SCHEMA billing_archive;
ALTER TABLE customers SET SCHEMA billing_archive;
