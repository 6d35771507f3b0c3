ALTER TABLE products SET SCHEMA billing;
