ALTER TYPE order_status RENAME TO status_of_order;
