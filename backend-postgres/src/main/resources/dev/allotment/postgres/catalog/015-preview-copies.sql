-- readable from 4
-- The tenant that a tenant is a preview copy of; null: it is no preview copy.
ALTER TABLE allotment.tenants ADD COLUMN preview_of bigint;
