insert into note (text) values ('Welcome');
