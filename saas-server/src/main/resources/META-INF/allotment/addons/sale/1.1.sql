-- What the customer calls the order.
alter table sale_order add column client_reference varchar(64);

create index sale_order_by_client_reference on sale_order (client_reference);
