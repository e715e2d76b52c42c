--liquibase formatted sql

--changeset shop:timeout
create table timeout as select current_setting('lock_timeout') as value;
