-- A session that listens keeps all later notifications in the queue of the server until its transaction ends. No
-- system view shows which sessions listen. Reading the usage also frees the queue: a full one stays full otherwise,
-- since only a new notification would free it.
SELECT pid, CAST(usename AS text), why, pg_terminate_backend(pid)
FROM (SELECT a.pid, a.usename,
             CASE WHEN NOT r.rolcanlogin THEN 'its database is closed'
                  WHEN starts_with(r.rolname, :readers) AND r.rolvaliduntil < clock_timestamp()
                      THEN 'the time of its login has passed'
                  WHEN a.datname = current_database() THEN 'it was connected to the database of the control plane'
                  WHEN queue.usage > 0.5
                      AND a.xact_start < clock_timestamp() - CAST(:idle AS interval) / :part_of_idle
                      THEN 'its transaction was long while the queue of NOTIFY filled up'
                  WHEN starts_with(a.state, 'idle in transaction')
                      AND a.state_change < clock_timestamp() - CAST(:idle AS interval)
                      THEN 'its transaction was idle'
             END AS why
      FROM pg_stat_activity a JOIN pg_roles r ON r.oid = a.usesysid,
           pg_notification_queue_usage() queue (usage)
      WHERE a.backend_type = 'client backend' AND %s) found
WHERE why IS NOT NULL
