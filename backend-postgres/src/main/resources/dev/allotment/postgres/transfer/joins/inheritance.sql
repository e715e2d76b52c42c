WITH
-- include tenant-objects.sql
,
-- include inheriting.sql
SELECT CASE WHEN k.relispartition THEN 'partition ' ELSE 'child ' END || k.oid::regclass,
       CASE WHEN k.relispartition
           THEN format('ALTER TABLE ONLY %s ATTACH PARTITION %s %s', h.inhparent::regclass, k.oid::regclass,
               pg_get_expr(k.relpartbound, k.oid))
           ELSE format('ALTER TABLE ONLY %s INHERIT %s', k.oid::regclass, h.inhparent::regclass) END,
       'pg_class'::regclass::oid::bigint, h.inhrelid::bigint, 'pg_class'::regclass::oid::bigint, h.inhparent::bigint
FROM pg_inherits h JOIN pg_class k ON k.oid = h.inhrelid JOIN tenant_schema n ON n.oid = k.relnamespace
WHERE k.relkind IN ('r', 'p') AND k.relpersistence <> 't'
    AND NOT EXISTS (SELECT FROM inheriting i WHERE i.oid = k.oid)
-- A table inherits its columns in the order of its parents.
ORDER BY h.inhrelid, h.inhseqno
