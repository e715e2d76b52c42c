-- How often an operation has failed, so that it waits for longer each time.

ALTER TABLE allotment.operations ADD COLUMN attempts integer NOT NULL DEFAULT 0;
ALTER TABLE allotment.operations ALTER COLUMN attempts DROP DEFAULT;
