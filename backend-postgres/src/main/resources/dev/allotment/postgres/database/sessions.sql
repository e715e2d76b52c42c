-- What the sessions of one database do at this moment. Statements of others than the application may hold secrets.
-- Only those that wait for a lock are asked who has it.
SELECT a.pid, a.usename = :role AS application, COALESCE(a.state, a.backend_type) AS state,
       CASE WHEN a.state = 'active'
            THEN EXTRACT(EPOCH FROM clock_timestamp() - a.query_start) END AS running,
       EXTRACT(EPOCH FROM clock_timestamp() - a.xact_start) AS transaction,
       CASE WHEN a.state = 'active' AND a.wait_event IS NOT NULL
            THEN a.wait_event_type || ': ' || a.wait_event END AS waits,
       CASE WHEN a.wait_event_type = 'Lock' THEN pg_blocking_pids(a.pid) END AS blockers,
       CASE WHEN a.usename = :role THEN left(a.query, :length) END AS statement
FROM pg_stat_activity a
WHERE a.datname = :database AND a.pid <> pg_backend_pid()
ORDER BY a.state = 'active' DESC NULLS LAST, a.xact_start NULLS LAST, a.pid
LIMIT 50
