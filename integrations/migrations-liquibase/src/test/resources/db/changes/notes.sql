--liquibase formatted sql logicalFilePath:notes.sql

--changeset shop:notes
create table note (id bigint generated always as identity primary key, text varchar(200) not null);

--changeset shop:more-notes
update public.notes set note = note || '.';
