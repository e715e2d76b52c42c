drop table stock_move;
drop table stock_picking;
drop table stock_location;
drop table stock_warehouse;
