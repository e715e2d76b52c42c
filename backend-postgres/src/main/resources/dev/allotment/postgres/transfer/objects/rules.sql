WITH
-- include tenant-objects.sql
SELECT 'pg_rewrite'::regclass::oid::bigint, r.oid::bigint, format('rule %I of %s', rulename, c.oid::regclass),
       pg_get_ruledef(r.oid) || CASE ev_enabled WHEN 'O' THEN '' ELSE format(' ALTER TABLE %s %s RULE %I', c.oid::regclass,
           CASE ev_enabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, rulename) END
FROM pg_rewrite r JOIN tenant_class c ON c.oid = r.ev_class
WHERE rulename <> '_RETURN'
