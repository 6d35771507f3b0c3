CREATE TABLE billing.orders (id bigint);
