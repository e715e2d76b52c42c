-- readable from 4
-- The preview copies of a tenant.
CREATE INDEX CONCURRENTLY IF NOT EXISTS tenants_by_preview_of ON allotment.tenants (preview_of)
    WHERE preview_of IS NOT NULL;
