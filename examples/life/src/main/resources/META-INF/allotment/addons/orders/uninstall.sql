drop table payment_settings;

drop table shop_order;
