drop table shop_order;
drop table shop_product;
