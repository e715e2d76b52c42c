-- readable from 4
-- How much space backups take in the store, and how much those of a customer on a plan may take; 0: no limit.
ALTER TABLE allotment.plans ADD COLUMN backup_limit_mb integer DEFAULT 0 NOT NULL;
ALTER TABLE allotment.tenants ADD COLUMN backup_size_bytes bigint DEFAULT 0 NOT NULL BEFORE storage_exceeded;
ALTER TABLE allotment.usage ADD COLUMN backup_size_bytes bigint DEFAULT 0 NOT NULL BEFORE records;
ALTER TABLE allotment.usage ADD COLUMN peak_backup_size_bytes bigint DEFAULT 0 NOT NULL BEFORE records;
