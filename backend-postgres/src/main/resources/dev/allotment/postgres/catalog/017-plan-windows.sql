-- readable from 4
-- When campaigns may change the tenants of a plan that have no other maintenance window; null: at any time.
ALTER TABLE allotment.plans ADD COLUMN maintenance_window text COLLATE "C";
