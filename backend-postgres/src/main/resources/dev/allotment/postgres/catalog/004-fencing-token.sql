-- readable from 4
-- The column follows the name of the Java field.
ALTER TABLE allotment.operations RENAME COLUMN fence TO fencing_token;
