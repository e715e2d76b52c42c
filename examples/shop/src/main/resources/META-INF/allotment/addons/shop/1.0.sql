create table shop_product (
    id integer generated always as identity primary key,
    name varchar(100) not null,
    cents integer not null
);
create table shop_order (
    id integer generated always as identity primary key,
    product_id integer not null references shop_product (id),
    buyer varchar(254) not null,
    pieces integer not null check (pieces between 1 and 100)
);
insert into shop_product (name, cents) values ('Tulip bulbs', 450), ('Watering can', 1990), ('Garden fork', 2450);
