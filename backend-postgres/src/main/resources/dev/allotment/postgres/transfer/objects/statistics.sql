WITH
-- include tenant-objects.sql
SELECT 'pg_statistic_ext'::regclass::oid::bigint, s.oid::bigint, 'statistics ' || quote_ident(stxname), pg_get_statisticsobjdef(s.oid)
FROM pg_statistic_ext s JOIN tenant_schema n ON n.oid = s.stxnamespace
WHERE NOT EXISTS (SELECT FROM dependent x WHERE x.classid = 'pg_statistic_ext'::regclass AND x.objid = s.oid)
