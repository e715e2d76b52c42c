WITH
-- include tenant-objects.sql
,
-- include inheriting.sql
,
-- Settings that any role may set. Those of PL/pgSQL are known where it is loaded.
free_setting AS (
    SELECT name FROM pg_settings WHERE context IN ('user', 'backend')
    UNION ALL
    SELECT unnest(ARRAY['plpgsql.variable_conflict', 'plpgsql.print_strict_params', 'plpgsql.extra_warnings', 'plpgsql.extra_errors',
        'plpgsql.check_asserts'])
)
-- What another server may refuse, since the role of the tenant may not create it, or what would be another there.
SELECT 'extension ' || quote_ident(extname) FROM pg_extension e
WHERE extname <> 'plpgsql' AND NOT EXISTS (
    SELECT FROM pg_available_extension_versions v
    WHERE v.name = e.extname AND v.version = e.extversion AND (v.trusted OR NOT v.superuser))
UNION ALL
SELECT DISTINCT 'setting ' || split_part(c, '=', 1)
FROM pg_db_role_setting, unnest(setconfig) c,
    (SELECT oid AS this, datdba FROM pg_database WHERE datname = current_database()) d
WHERE (setdatabase, setrole) IN ((this, 0), (0, datdba), (this, datdba))
    AND NOT EXISTS (SELECT FROM free_setting f WHERE lower(f.name) = lower(split_part(c, '=', 1)))
UNION ALL
SELECT 'function ' || p.oid::regprocedure FROM tenant_function p JOIN pg_language l ON l.oid = p.prolang
WHERE NOT lanpltrusted OR proleakproof OR prosupport <> 0::regproc OR EXISTS (
    SELECT FROM unnest(proconfig) c
    WHERE NOT EXISTS (SELECT FROM free_setting f WHERE lower(f.name) = lower(split_part(c, '=', 1))))
UNION ALL
SELECT 'inheritance of the columns of table ' || c.oid::regclass FROM tenant_class c
WHERE relkind = 'r' AND NOT relispartition AND NOT EXISTS (SELECT FROM inheriting i WHERE i.oid = c.oid)
    AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND NOT attislocal)
ORDER BY 1
