drop table sale_order_line;
drop table sale_order;
