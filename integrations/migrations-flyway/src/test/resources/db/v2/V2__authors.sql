alter table note add column author varchar(100);
