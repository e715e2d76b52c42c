-- readable from 1
-- What plans cost and include, and what tenants get of it.

ALTER TABLE allotment.plans ADD COLUMN entitlements {text} DEFAULT '{}' NOT NULL;
ALTER TABLE allotment.plans ADD COLUMN price {text};
ALTER TABLE allotment.plans ADD COLUMN billing_url {text};
ALTER TABLE allotment.plan_versions ADD COLUMN entitlements {text} DEFAULT '{}' NOT NULL;
ALTER TABLE allotment.tenants ADD COLUMN entitlements {text} DEFAULT '{}' NOT NULL;
