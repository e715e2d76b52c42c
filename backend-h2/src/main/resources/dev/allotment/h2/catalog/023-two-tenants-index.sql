-- readable from 4
-- The operations of a tenant.
CREATE INDEX operations_by_other_tenant ON allotment.operations (other_tenant_id);
