-- readable from 4
-- The embedder's attributes of tenants, customers and plans, as a JSON object of texts.
ALTER TABLE allotment.tenants ADD COLUMN attributes varchar DEFAULT '{}' NOT NULL BEFORE storage_exceeded;
ALTER TABLE allotment.customers ADD COLUMN attributes varchar DEFAULT '{}' NOT NULL;
ALTER TABLE allotment.plans ADD COLUMN attributes varchar DEFAULT '{}' NOT NULL;
