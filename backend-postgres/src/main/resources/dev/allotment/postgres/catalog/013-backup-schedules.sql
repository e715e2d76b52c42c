-- readable from 4
-- When the tenants of a plan are backed up; null: never. And when each of them is backed up next.
ALTER TABLE allotment.plans ADD COLUMN backups text COLLATE "C";
ALTER TABLE allotment.tenants ADD COLUMN next_backup_at timestamptz NOT NULL DEFAULT '1970-01-01 00:00:00+00';
