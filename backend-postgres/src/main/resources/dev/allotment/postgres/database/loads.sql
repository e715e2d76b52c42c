-- What the sessions of each tenant take of the server at this moment.
WITH sessions AS MATERIALIZED
    (SELECT a.pid, a.usesysid, a.xact_start FROM pg_stat_activity a
     WHERE a.backend_type = 'client backend'),
locks AS (SELECT pid, count(*) AS locks FROM pg_locks WHERE NOT fastpath GROUP BY pid),
taken AS
    (SELECT s.usesysid, count(*) AS connections, sum(COALESCE(l.locks, 0)) AS locks,
            EXTRACT(EPOCH FROM clock_timestamp() - min(s.xact_start)) AS oldest
     FROM sessions s LEFT JOIN locks l USING (pid) GROUP BY s.usesysid),
prepared AS (SELECT database, count(*) AS prepared FROM pg_prepared_xacts GROUP BY database)
SELECT r.rolname, d.datname, r.rolconnlimit, t.connections, t.locks, t.oldest, p.prepared,
       pg_stat_get_db_temp_bytes(d.oid) AS temporary,
       pg_stat_get_db_xact_commit(d.oid) + pg_stat_get_db_xact_rollback(d.oid) AS transactions,
       pg_stat_get_db_active_time(d.oid) AS active
FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba
LEFT JOIN taken t ON t.usesysid = r.oid
LEFT JOIN prepared p ON p.database = d.datname
WHERE starts_with(r.rolname, :prefix)
