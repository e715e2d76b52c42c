-- readable from 4
-- The second tenant of an operation that works on two.
ALTER TABLE allotment.operations ADD COLUMN other_tenant_id bigint;
