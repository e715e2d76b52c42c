-- readable from 4
-- The epoch of the catalog in which an operation was created. A restored catalog starts a new epoch.
ALTER TABLE allotment.operations ADD COLUMN epoch bigint DEFAULT 1 NOT NULL;
