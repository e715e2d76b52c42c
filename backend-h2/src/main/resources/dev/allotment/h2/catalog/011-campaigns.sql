-- readable from 4
-- The campaign that an operation is a part of; null: none.
ALTER TABLE allotment.operations ADD COLUMN campaign bigint;
-- The versions of the add-ons in each database; null: not known yet.
ALTER TABLE allotment.tenants ADD COLUMN addon_versions varchar BEFORE storage_exceeded;
-- The time of the day in which a tenant may be changed; null: any time.
ALTER TABLE allotment.tenants ADD COLUMN maintenance_window varchar BEFORE storage_exceeded;
