WITH
-- include tenant-objects.sql
SELECT 'pg_trigger'::regclass::oid::bigint, g.oid::bigint, format('trigger %I of %s', tgname, c.oid::regclass),
       pg_get_triggerdef(g.oid) || CASE tgenabled WHEN 'O' THEN '' ELSE format('; ALTER TABLE %s %s TRIGGER %I', c.oid::regclass,
           CASE tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, tgname) END
FROM pg_trigger g JOIN tenant_class c ON c.oid = g.tgrelid JOIN pg_proc p ON p.oid = g.tgfoid
WHERE NOT tgisinternal AND tgparentid = 0 AND p.pronamespace <> 'allotment'::regnamespace
