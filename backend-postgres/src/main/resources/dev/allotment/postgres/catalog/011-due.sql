-- Whatever is done from time to time finds what is due without a look at all the rest.

ALTER TABLE allotment.tenants ADD COLUMN next_sync_at timestamptz;
UPDATE allotment.tenants SET next_sync_at = created_at WHERE state IN ('OPEN', 'PENDING');
DROP INDEX allotment.tenants_by_sync;
CREATE INDEX tenants_by_next_sync ON allotment.tenants (next_sync_at) WHERE next_sync_at IS NOT NULL;

DROP INDEX allotment.deliveries_by_due;
CREATE INDEX deliveries_by_listener ON allotment.deliveries (listener, due_at);

-- Known by the record itself, and searched and sorted by.
ALTER TABLE allotment.tenants ADD COLUMN storage_exceeded boolean DEFAULT false NOT NULL;
ALTER TABLE allotment.tenants ALTER COLUMN storage_exceeded DROP DEFAULT;
UPDATE allotment.tenants
SET storage_exceeded = total_storage_limit > 0 AND database_size + file_size > total_storage_limit * CAST(1048576 AS bigint);

-- Of no use: names are only asked for as such, and another index begins with the plan.
DROP INDEX allotment.held_names_by_holder;
DROP INDEX allotment.held_names_by_end;
DROP INDEX allotment.tenants_by_plan;
