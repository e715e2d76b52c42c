WITH
-- include tenant-objects.sql
SELECT 'pg_class'::regclass::oid::bigint, c.oid::bigint, pg_describe_object('pg_class'::regclass, c.oid, 0)
FROM pg_class c JOIN tenant_schema n ON n.oid = c.relnamespace
WHERE relpersistence <> 't' AND (relkind NOT IN ('i', 'I') OR EXISTS (SELECT FROM usable_index x WHERE x.indexrelid = c.oid))
UNION ALL
SELECT 'pg_proc'::regclass::oid::bigint, p.oid::bigint, pg_describe_object('pg_proc'::regclass, p.oid, 0)
FROM pg_proc p JOIN tenant_schema n ON n.oid = p.pronamespace
UNION ALL
SELECT 'pg_type'::regclass::oid::bigint, t.oid::bigint, pg_describe_object('pg_type'::regclass, t.oid, 0)
FROM pg_type t JOIN tenant_schema n ON n.oid = t.typnamespace
UNION ALL
SELECT 'pg_constraint'::regclass::oid::bigint, k.oid::bigint, pg_describe_object('pg_constraint'::regclass, k.oid, 0)
FROM pg_constraint k JOIN tenant_schema n ON n.oid = k.connamespace
WHERE contype NOT IN ('n', 't') AND NOT (contype = 'c' AND coninhcount > 0) AND NOT (contype = 'f' AND conparentid <> 0)
UNION ALL
SELECT 'pg_trigger'::regclass::oid::bigint, g.oid::bigint, pg_describe_object('pg_trigger'::regclass, g.oid, 0)
FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid JOIN tenant_schema n ON n.oid = c.relnamespace
    JOIN pg_proc p ON p.oid = g.tgfoid
WHERE NOT tgisinternal AND tgparentid = 0 AND relpersistence <> 't' AND p.pronamespace <> 'allotment'::regnamespace
UNION ALL
SELECT 'pg_rewrite'::regclass::oid::bigint, r.oid::bigint, pg_describe_object('pg_rewrite'::regclass, r.oid, 0)
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN tenant_schema n ON n.oid = c.relnamespace
WHERE relpersistence <> 't'
UNION ALL
SELECT 'pg_attrdef'::regclass::oid::bigint, d.oid::bigint, pg_describe_object('pg_attrdef'::regclass, d.oid, 0)
FROM pg_attrdef d JOIN pg_class c ON c.oid = d.adrelid JOIN tenant_schema n ON n.oid = c.relnamespace
WHERE relpersistence <> 't'
UNION ALL
SELECT 'pg_namespace'::regclass::oid::bigint, n.oid::bigint, pg_describe_object('pg_namespace'::regclass, n.oid, 0)
FROM tenant_schema n WHERE nspname <> 'public'
UNION ALL
SELECT 'pg_policy'::regclass::oid::bigint, l.oid::bigint, pg_describe_object('pg_policy'::regclass, l.oid, 0)
FROM pg_policy l
UNION ALL
SELECT 'pg_statistic_ext'::regclass::oid::bigint, s.oid::bigint, pg_describe_object('pg_statistic_ext'::regclass, s.oid, 0)
FROM pg_statistic_ext s
UNION ALL
SELECT 'pg_extension'::regclass::oid::bigint, oid::bigint, 'extension ' || extname
FROM pg_extension WHERE extname <> 'plpgsql'
