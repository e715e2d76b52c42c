drop table probe_second;
drop table probe_first;
