SELECT 'pg_extension'::regclass::oid::bigint, e.oid::bigint, 'extension ' || quote_ident(extname),
       format('CREATE EXTENSION IF NOT EXISTS %I WITH %s VERSION %L', extname,
           CASE WHEN EXISTS (SELECT FROM pg_depend x
               WHERE x.classid = 'pg_namespace'::regclass AND x.objid = n.oid AND x.deptype = 'e') THEN ''
           ELSE format('SCHEMA %I', nspname) END, extversion)
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
WHERE extname <> 'plpgsql'
