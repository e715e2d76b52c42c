-- readable from 4
-- The operations of a tenant.
CREATE INDEX CONCURRENTLY IF NOT EXISTS operations_by_other_tenant ON allotment.operations (other_tenant_id);
