-- readable from 4
-- Servers that are only read, as copies from the past.
ALTER TABLE allotment.servers ADD COLUMN source boolean DEFAULT false NOT NULL;
