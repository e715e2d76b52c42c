drop table pos_order_line;
drop table pos_order;
drop table pos_session;
drop table pos_config;
