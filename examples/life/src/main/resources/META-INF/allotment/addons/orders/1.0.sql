create table shop_order (
    id integer generated always as identity primary key,
    customer varchar(200) not null
);

create table payment_settings (
    id integer primary key,
    mode varchar(10) not null
);

insert into payment_settings (id, mode) values (1, 'live');
