-- readable from 4
-- How long the sessions of a tenant were active when its load was last read, and for how long they are in a day.
ALTER TABLE allotment.tenants ADD COLUMN active_millis bigint;
ALTER TABLE allotment.tenants ADD COLUMN active_read_at timestamptz;
ALTER TABLE allotment.tenants ADD COLUMN daily_active_millis bigint;
