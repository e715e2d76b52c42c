-- readable from 1
-- On PostgreSQL, limited tables get an owner without rights. In H2, they belong to no user that an application connects as.

COMMENT ON TABLE allotment.row_limits IS 'The enforced record quotas';
