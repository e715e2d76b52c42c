-- readable from 3
-- Columns, a table and a stored state that follow the names of the Java fields and constants.
ALTER TABLE allotment.plans ALTER COLUMN total_storage_limit RENAME TO storage_limit_mb;
ALTER TABLE allotment.plans ALTER COLUMN expiration RENAME TO trial_hours;
ALTER TABLE allotment.plans ALTER COLUMN grace_period RENAME TO grace_days;

ALTER TABLE allotment.plan_versions ALTER COLUMN total_storage_limit RENAME TO storage_limit_mb;
ALTER TABLE allotment.plan_versions ALTER COLUMN expiration RENAME TO trial_hours;
ALTER TABLE allotment.plan_versions ALTER COLUMN grace_period RENAME TO grace_days;

ALTER TABLE allotment.templates ALTER COLUMN generation RENAME TO version;

ALTER TABLE allotment.tenants ALTER COLUMN total_storage_limit RENAME TO storage_limit_mb;
ALTER TABLE allotment.tenants ALTER COLUMN database_size RENAME TO database_size_bytes;
ALTER TABLE allotment.tenants ALTER COLUMN file_size RENAME TO file_size_bytes;
UPDATE allotment.tenants SET state = 'SUSPENDED' WHERE state = 'PENDING';

ALTER TABLE allotment.held_names RENAME CONSTRAINT held_names_name_key TO reserved_names_name_key;
ALTER TABLE allotment.held_names RENAME TO reserved_names;

ALTER TABLE allotment.operations ALTER COLUMN peer RENAME TO client_address;
ALTER TABLE allotment.events ALTER COLUMN peer RENAME TO client_address;

ALTER TABLE allotment.usage ALTER COLUMN database_size RENAME TO database_size_bytes;
ALTER TABLE allotment.usage ALTER COLUMN peak_database_size RENAME TO peak_database_size_bytes;
ALTER TABLE allotment.usage ALTER COLUMN file_size RENAME TO file_size_bytes;
ALTER TABLE allotment.usage ALTER COLUMN peak_file_size RENAME TO peak_file_size_bytes;
