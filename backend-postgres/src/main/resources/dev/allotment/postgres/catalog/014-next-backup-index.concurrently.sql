-- readable from 4
-- The tenants of a plan whose next backup is due.
CREATE INDEX CONCURRENTLY IF NOT EXISTS tenants_by_next_backup ON allotment.tenants (plan_id, next_backup_at);
