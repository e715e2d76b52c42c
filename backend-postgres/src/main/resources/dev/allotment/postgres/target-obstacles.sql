-- Why databases cannot be replicated to this server, a sentence in each row.
SELECT reason FROM (SELECT CASE WHEN NOT pg_has_role('pg_create_subscription', 'USAGE')
        THEN 'the role of the control plane does not have pg_create_subscription on the new server' END
    UNION ALL SELECT CASE WHEN (SELECT count(*) FROM pg_subscription WHERE subenabled)
            >= CAST(current_setting('max_logical_replication_workers') AS int)
        THEN 'the new server has no free worker for logical replication' END
    UNION ALL SELECT CASE WHEN (SELECT count(*) FROM pg_replication_origin)
            >= CAST(COALESCE(current_setting('max_active_replication_origins', true),
                current_setting('max_replication_slots')) AS int)
        THEN 'the new server has no free replication origin' END
    UNION ALL SELECT CASE WHEN current_setting('array_nulls') <> 'on'
            OR current_setting('xmloption') <> 'content'
        THEN 'array_nulls or xmloption of the new server would change replicated rows' END) reasons(reason)
WHERE reason IS NOT NULL
