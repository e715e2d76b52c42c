WITH
-- include tenant-objects.sql
SELECT c.oid::bigint, CAST(c.oid::regclass AS text)
FROM tenant_class c
WHERE relkind IN ('r', 'p') AND EXISTS (
    SELECT FROM pg_locks l
    WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.relation = c.oid AND l.mode = 'AccessShareLock' AND l.granted)
ORDER BY c.oid
