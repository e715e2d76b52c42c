-- readable from 4
-- The accounts that request an erasure.
CREATE INDEX CONCURRENTLY IF NOT EXISTS users_by_erasure_request ON allotment.users (erasure_requested_at)
    WHERE erasure_requested_at IS NOT NULL;
