-- Why databases cannot be replicated from this server, a sentence in each row.
SELECT reason FROM (SELECT CASE WHEN current_setting('wal_level') <> 'logical'
        THEN 'wal_level of its server is not logical' END
    UNION ALL SELECT CASE WHEN NOT EXISTS (
        SELECT FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolreplication))
        THEN 'the role of the control plane does not have REPLICATION on its server' END
    UNION ALL SELECT CASE WHEN (SELECT count(*) FROM pg_replication_slots)
            >= CAST(current_setting('max_replication_slots') AS int)
        THEN 'its server has no free replication slot' END
    UNION ALL SELECT CASE WHEN (SELECT count(*) FROM pg_stat_replication)
            >= CAST(current_setting('max_wal_senders') AS int)
        THEN 'its server has no free WAL sender' END) reasons(reason)
WHERE reason IS NOT NULL
