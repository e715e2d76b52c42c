-- readable from 4
-- How often the database of a tenant was replaced by another one. What is remembered about its members is bound to it.
ALTER TABLE allotment.tenants ADD COLUMN replacements bigint DEFAULT 0 NOT NULL;
