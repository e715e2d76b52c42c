-- readable from 4
-- The version of the embedder's tenant schema in each database; null: none, or unknown.
ALTER TABLE allotment.tenants ADD COLUMN schema_version varchar BEFORE storage_exceeded;
ALTER TABLE allotment.templates ADD COLUMN schema_version varchar;
