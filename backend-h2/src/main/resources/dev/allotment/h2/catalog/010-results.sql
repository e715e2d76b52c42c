-- What operations found on their way.

ALTER TABLE allotment.operations ADD COLUMN result varchar DEFAULT '{}' NOT NULL;
ALTER TABLE allotment.operations ALTER COLUMN result DROP DEFAULT;
