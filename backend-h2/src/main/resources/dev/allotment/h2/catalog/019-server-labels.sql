-- readable from 4
-- The labels of database servers, as a JSON object of texts.
ALTER TABLE allotment.servers ADD COLUMN labels varchar DEFAULT '{}' NOT NULL;
