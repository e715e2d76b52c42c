-- readable from 1
-- Servers that were given up, for good.
ALTER TABLE allotment.servers ADD COLUMN lost boolean DEFAULT false NOT NULL;
