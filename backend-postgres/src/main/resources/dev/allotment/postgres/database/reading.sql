-- Statements that let a role read what belongs to the tenant in this database, and what it will create. Tables with
-- record quotas belong to another role. Privileges on members of extensions would keep the database from being copied.
WITH owned_by AS (
    SELECT datdba AS oid FROM pg_database WHERE datname = current_database()
    UNION ALL SELECT oid FROM pg_roles WHERE rolname IN ('pg_database_owner', ?)
),
readable AS (
    SELECT CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind, format('%I.%I', n.nspname, c.relname) AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relowner IN (SELECT oid FROM owned_by)
      AND NOT starts_with(n.nspname, 'pg_') AND n.nspname NOT IN ('allotment', 'allotment_gate', 'information_schema')
      AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = CAST('pg_class' AS regclass) AND x.objid = c.oid
                      AND x.deptype = 'e')
)
SELECT format('ALTER DEFAULT PRIVILEGES FOR ROLE %I GRANT %s TO %I', o.rolname, granted, CAST(? AS text))
FROM pg_database d JOIN pg_roles o ON o.oid = d.datdba,
    (VALUES ('SELECT ON TABLES'), ('SELECT ON SEQUENCES'), ('USAGE ON SCHEMAS')) later (granted)
WHERE d.datname = current_database()
UNION ALL
SELECT format('GRANT USAGE ON SCHEMA %I TO %I', n.nspname, CAST(? AS text))
FROM pg_namespace n
WHERE n.nspowner IN (SELECT oid FROM owned_by) AND NOT starts_with(n.nspname, 'pg_')
  AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = CAST('pg_namespace' AS regclass) AND x.objid = n.oid
                  AND x.deptype = 'e')
UNION ALL
SELECT format('GRANT SELECT ON %s %s TO %I', kind, string_agg(name, ', '), CAST(? AS text))
FROM readable GROUP BY kind
