WITH
-- include tenant-objects.sql
SELECT 'table ' || c.oid::regclass,
       concat_ws('; ',
           CASE relreplident WHEN 'f' THEN format('ALTER TABLE ONLY %s REPLICA IDENTITY FULL', c.oid::regclass)
               WHEN 'n' THEN format('ALTER TABLE ONLY %s REPLICA IDENTITY NOTHING', c.oid::regclass) END,
           CASE WHEN relrowsecurity THEN format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', c.oid::regclass) END,
           CASE WHEN relforcerowsecurity THEN format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', c.oid::regclass) END)
FROM tenant_class c
WHERE relkind IN ('r', 'p', 'm') AND (relreplident IN ('f', 'n') OR relrowsecurity OR relforcerowsecurity)
