-- readable from 4
-- Since when an account requests the erasure of its customer; null: it does not.
ALTER TABLE allotment.users ADD COLUMN erasure_requested_at timestamptz;
