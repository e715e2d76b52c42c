-- readable from 4
-- The embedder's attributes of tenants, customers and plans, as a JSON object of texts.
ALTER TABLE allotment.tenants ADD COLUMN attributes text COLLATE "C" NOT NULL DEFAULT '{}';
ALTER TABLE allotment.customers ADD COLUMN attributes text COLLATE "C" NOT NULL DEFAULT '{}';
ALTER TABLE allotment.plans ADD COLUMN attributes text COLLATE "C" NOT NULL DEFAULT '{}';
