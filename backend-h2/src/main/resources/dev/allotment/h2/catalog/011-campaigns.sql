-- readable from 4
-- The campaign that an operation is a part of; null: none.
ALTER TABLE allotment.operations ADD COLUMN campaign bigint;
