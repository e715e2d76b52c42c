-- readable from 4
-- When the tenants of a plan are backed up; null: never. And when each of them is backed up next.
ALTER TABLE allotment.plans ADD COLUMN backups varchar;
ALTER TABLE allotment.tenants ADD COLUMN next_backup_at timestamp(6) with time zone
    DEFAULT TIMESTAMP WITH TIME ZONE '1970-01-01 00:00:00+00' NOT NULL BEFORE storage_exceeded;
