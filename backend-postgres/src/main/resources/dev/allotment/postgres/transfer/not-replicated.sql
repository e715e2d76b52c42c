WITH
-- include tenant-objects.sql
-- What a copy would not get by replication, or could not apply, and what would stop the application.
SELECT CASE WHEN relpersistence = 'u' THEN 'unlogged table ' WHEN relforcerowsecurity THEN 'forced policies of table '
           WHEN NOT pg_has_role(relowner, 'SET') THEN 'owner of table ' ELSE 'table without a primary key ' END || c.oid::regclass
FROM tenant_class c
WHERE relkind = 'r' AND (relpersistence = 'u' OR relforcerowsecurity OR NOT pg_has_role(relowner, 'SET') OR NOT EXISTS (
    SELECT FROM pg_index i
    WHERE i.indrelid = c.oid AND i.indisvalid AND i.indimmediate
        AND ((relreplident = 'd' AND i.indisprimary) OR (relreplident = 'i' AND i.indisreplident))
        AND NOT EXISTS (
            SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY(i.indkey) AND a.attgenerated <> '')))
UNION ALL
SELECT 'materialized view ' || c.oid::regclass FROM tenant_class c WHERE relkind = 'm' AND relispopulated
UNION ALL
SELECT 'trigger ' || quote_ident(tgname) || ' of ' || tgrelid::regclass || ', which also runs for replicated rows'
FROM pg_trigger g JOIN tenant_class c ON c.oid = g.tgrelid WHERE tgenabled IN ('A', 'R')
UNION ALL
-- Sessions that replicate have these, too. They would not start, would end, or would read the rows in another way.
SELECT 'setting ' || split_part(c, '=', 1) || ' of the database or of the control plane''s role'
FROM pg_db_role_setting, unnest(setconfig) c
WHERE setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
    AND setrole IN (0, (SELECT oid FROM pg_roles WHERE rolname = current_user))
    AND split_part(c, '=', 1) IN ('role', 'array_nulls', 'xmloption', 'wal_sender_timeout', 'transaction_timeout',
        'default_transaction_read_only', 'exit_on_error', 'local_preload_libraries')
