-- readable from 4
-- The results of the tenants of a campaign.
CREATE INDEX CONCURRENTLY IF NOT EXISTS operations_by_campaign ON allotment.operations (campaign);
