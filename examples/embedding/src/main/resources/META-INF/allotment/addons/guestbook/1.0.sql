create table guestbook_entry (
    id integer generated always as identity primary key,
    written_at timestamp with time zone not null,
    author varchar(200) not null,
    entry varchar(2000) not null
);
