-- readable from 4
-- The preview copies of a tenant.
CREATE INDEX tenants_by_preview_of ON allotment.tenants (preview_of);
