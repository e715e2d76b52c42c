-- readable from 4
-- The column follows the name of the Java field.
ALTER TABLE allotment.operations ALTER COLUMN fence RENAME TO fencing_token;
