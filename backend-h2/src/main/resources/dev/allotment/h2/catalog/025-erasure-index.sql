-- readable from 4
-- The accounts that request an erasure.
CREATE INDEX users_by_erasure_request ON allotment.users (erasure_requested_at);
