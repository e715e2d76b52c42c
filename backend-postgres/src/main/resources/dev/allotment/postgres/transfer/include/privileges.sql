-- The roles whose objects are the tenant's: the role that owns the database, and the one for the owner of any database.
tenant_role AS (
    SELECT datdba AS oid FROM pg_database WHERE datname = current_database()
    UNION ALL SELECT 'pg_database_owner'::regrole
),
-- Tables with record quotas. The session got them from one that may read allotment.row_limits.
limited_table AS (
    SELECT unnest(CAST(current_setting('allotment.limited_tables', true) AS text[])) AS table_name
),
-- The role that owns tables with record quotas, their sequences, and schema public, for as long as the quotas exist.
quota_owner AS (
    SELECT q.oid FROM pg_database d JOIN pg_roles o ON o.oid = d.datdba
        JOIN pg_roles q ON q.rolname = substring(o.rolname FROM '^allotment_[0-9a-f]{12}_') || 'quota'
    WHERE d.datname = current_database() AND EXISTS (SELECT FROM limited_table)
),
quota_class AS (
    SELECT c.oid FROM pg_class c
    WHERE c.relowner IN (SELECT oid FROM quota_owner) AND c.relnamespace = to_regnamespace('public') AND EXISTS (
        SELECT FROM limited_table q
        WHERE q.table_name = c.relname OR c.oid IN (
            SELECT d.objid FROM pg_depend d
            WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
                AND d.refobjid = to_regclass(format('public.%I', q.table_name))))
),
-- Privileges: the object in the words of GRANT, the column if there is one, the list, and the owner of the object. For
-- default privileges, default_of and place are set.
object_acl AS NOT MATERIALIZED (
    SELECT CASE relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || c.oid::regclass AS object, CAST(NULL AS text) AS col,
           relacl AS acl, relowner AS owner, CAST(NULL AS oid) AS default_of, '' AS place
    FROM tenant_class c
    WHERE relkind IN ('r', 'p', 'v', 'm', 'S') AND NOT EXISTS (SELECT FROM quota_class q WHERE q.oid = c.oid)
    UNION ALL
    -- Those of identity columns.
    SELECT 'SEQUENCE ' || c.oid::regclass, NULL, relacl, relowner, NULL, ''
    FROM pg_class c JOIN tenant_schema n ON n.oid = c.relnamespace
    WHERE relkind = 'S' AND relpersistence <> 't' AND NOT EXISTS (SELECT FROM quota_class q WHERE q.oid = c.oid)
        AND EXISTS (
            SELECT FROM pg_depend d JOIN tenant_class t ON t.oid = d.refobjid
            WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'i')
    UNION ALL
    SELECT 'TABLE ' || c.oid::regclass, quote_ident(attname), attacl, relowner, NULL, ''
    FROM pg_attribute a JOIN tenant_class c ON c.oid = a.attrelid
    WHERE attacl IS NOT NULL AND NOT attisdropped AND NOT EXISTS (SELECT FROM quota_class q WHERE q.oid = c.oid)
    UNION ALL
    SELECT 'ROUTINE ' || p.oid::regprocedure, NULL, proacl, proowner, NULL, '' FROM tenant_function p
    UNION ALL
    SELECT 'TYPE ' || format_type(t.oid, NULL), NULL, typacl, typowner, NULL, '' FROM tenant_type t
    UNION ALL
    SELECT 'SCHEMA ' || quote_ident(nspname), NULL, nspacl, nspowner, NULL, '' FROM tenant_schema n
    WHERE NOT EXISTS (SELECT FROM dependent x WHERE x.classid = 'pg_namespace'::regclass AND x.objid = n.oid)
    UNION ALL
    SELECT CASE defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'ROUTINES' WHEN 'T' THEN 'TYPES'
               WHEN 'n' THEN 'SCHEMAS' ELSE 'LARGE OBJECTS' END,
           NULL, defaclacl, defaclrole, oid,
           CASE defaclnamespace WHEN 0 THEN '' ELSE 'IN SCHEMA ' || defaclnamespace::regnamespace END
    FROM pg_default_acl
),
-- One row for each privilege of each grantee. On the other server, the role of the tenant owns everything but public,
-- unless the tenant has taken that over, too.
object_grant AS NOT MATERIALIZED (
    SELECT r.object, r.col, r.owner, r.default_of, r.place, a.grantee, a.privilege_type,
           a.grantee = 0 OR a.grantee IN (SELECT oid FROM tenant_role) OR a.grantee = r.owner
               OR starts_with(a.grantee::regrole::text, 'pg_') AS transferable,
           CASE WHEN a.grantee = 0 THEN 'PUBLIC'
               WHEN (a.grantee = r.owner OR a.grantee = 'pg_database_owner'::regrole) AND r.object = 'SCHEMA public'
                   THEN 'pg_database_owner'
               WHEN a.grantee = r.owner OR a.grantee = (SELECT datdba FROM pg_database WHERE datname = current_database())
                   THEN 'CURRENT_USER'
               ELSE a.grantee::regrole::text END
               || CASE WHEN a.is_grantable AND a.grantee <> r.owner AND a.grantee <> 0 THEN ' WITH GRANT OPTION' ELSE '' END
               AS recipient
    FROM object_acl r, aclexplode(r.acl) a
    -- Logins that only read end with the database.
    WHERE NOT starts_with(a.grantee::regrole::text, 'allotment_reader_')
)
