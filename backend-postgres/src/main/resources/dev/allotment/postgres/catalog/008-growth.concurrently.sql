-- readable from 4
-- Indexes for what grows with the number of servers and of tenants: the databases on a server, the events of a type by
-- time, for statistics and for the retention, and lists, newest first.
CREATE INDEX CONCURRENTLY IF NOT EXISTS templates_by_server ON allotment.templates (server_id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS spares_by_server ON allotment.spares (server_id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS operations_by_starter ON allotment.operations (started_by, created_at);
CREATE INDEX CONCURRENTLY IF NOT EXISTS operations_by_creation ON allotment.operations (created_at, id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS events_by_time ON allotment.events (at, id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS events_by_type_and_time ON allotment.events (type, at, id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS tenants_by_creation ON allotment.tenants (created_at, id);
