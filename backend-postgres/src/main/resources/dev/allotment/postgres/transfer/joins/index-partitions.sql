WITH
-- include tenant-objects.sql
SELECT 'index ' || k.oid::regclass, format('ALTER INDEX %s ATTACH PARTITION %s', h.inhparent::regclass, k.oid::regclass),
       'pg_class'::regclass::oid::bigint, h.inhrelid::bigint, 'pg_class'::regclass::oid::bigint, h.inhparent::bigint
FROM pg_inherits h JOIN pg_class k ON k.oid = h.inhrelid JOIN tenant_schema n ON n.oid = k.relnamespace
WHERE k.relkind IN ('i', 'I')
ORDER BY h.inhrelid, h.inhseqno
