drop table guestbook_entry;
