-- readable from 4
-- Pages of lists, newest first, and what happened on some days.
CREATE INDEX CONCURRENTLY IF NOT EXISTS events_by_time ON allotment.events (at, id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS events_by_type_and_time ON allotment.events (type, at, id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS operations_by_creation ON allotment.operations (created_at, id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS tenants_by_creation ON allotment.tenants (created_at, id);
