-- How often an operation has failed, so that it waits for longer each time.

ALTER TABLE allotment.operations ADD COLUMN attempts integer DEFAULT 0 NOT NULL;
ALTER TABLE allotment.operations ALTER COLUMN attempts DROP DEFAULT;
