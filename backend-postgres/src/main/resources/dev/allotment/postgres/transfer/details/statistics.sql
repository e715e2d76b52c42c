WITH
-- include tenant-objects.sql
SELECT 'statistics ' || quote_ident(stxname),
       format('ALTER STATISTICS %I.%I SET STATISTICS %s', nspname, stxname, stxstattarget)
FROM pg_statistic_ext s JOIN tenant_schema n ON n.oid = s.stxnamespace
WHERE stxstattarget >= 0 AND NOT EXISTS (SELECT FROM dependent x WHERE x.classid = 'pg_statistic_ext'::regclass AND x.objid = s.oid)
