WITH
-- include tenant-objects.sql
SELECT 'pg_policy'::regclass::oid::bigint, l.oid::bigint, format('policy %I of %s', polname, c.oid::regclass),
       format('CREATE POLICY %I ON %s AS %s FOR %s TO %s', polname, c.oid::regclass,
           CASE WHEN polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
           CASE polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
           (SELECT string_agg(CASE o WHEN 0 THEN 'PUBLIC' WHEN 'pg_database_owner'::regrole THEN 'pg_database_owner'
               ELSE 'CURRENT_USER' END, ', ') FROM unnest(polroles) o))
       || COALESCE(' USING (' || pg_get_expr(polqual, polrelid) || ')', '')
       || COALESCE(' WITH CHECK (' || pg_get_expr(polwithcheck, polrelid) || ')', '')
FROM pg_policy l JOIN tenant_class c ON c.oid = l.polrelid
