-- readable from 1
-- On PostgreSQL, sessions with the rights of a tenant reach records through functions. In H2, scripts run in sessions of another
-- user, next to the transaction that reads and writes records.

COMMENT ON TABLE allotment.row_limits IS 'The enforced record quotas of tables of the application';
