-- readable from 3
-- Columns, a table and a stored state that follow the names of the Java fields and constants.
ALTER TABLE allotment.plans RENAME COLUMN total_storage_limit TO storage_limit_mb;
ALTER TABLE allotment.plans RENAME COLUMN expiration TO trial_hours;
ALTER TABLE allotment.plans RENAME COLUMN grace_period TO grace_days;

ALTER TABLE allotment.plan_versions RENAME COLUMN total_storage_limit TO storage_limit_mb;
ALTER TABLE allotment.plan_versions RENAME COLUMN expiration TO trial_hours;
ALTER TABLE allotment.plan_versions RENAME COLUMN grace_period TO grace_days;

ALTER TABLE allotment.templates RENAME COLUMN generation TO version;

ALTER TABLE allotment.tenants RENAME COLUMN total_storage_limit TO storage_limit_mb;
ALTER TABLE allotment.tenants RENAME COLUMN database_size TO database_size_bytes;
ALTER TABLE allotment.tenants RENAME COLUMN file_size TO file_size_bytes;
UPDATE allotment.tenants SET state = 'SUSPENDED' WHERE state = 'PENDING';

ALTER TABLE allotment.held_names RENAME CONSTRAINT held_names_name_key TO reserved_names_name_key;
ALTER TABLE allotment.held_names RENAME TO reserved_names;

ALTER TABLE allotment.operations RENAME COLUMN peer TO client_address;
ALTER TABLE allotment.events RENAME COLUMN peer TO client_address;

ALTER TABLE allotment.usage RENAME COLUMN database_size TO database_size_bytes;
ALTER TABLE allotment.usage RENAME COLUMN peak_database_size TO peak_database_size_bytes;
ALTER TABLE allotment.usage RENAME COLUMN file_size TO file_size_bytes;
ALTER TABLE allotment.usage RENAME COLUMN peak_file_size TO peak_file_size_bytes;
