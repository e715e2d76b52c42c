WITH RECURSIVE
-- include tenant-objects.sql
,
-- The trigger of each partition, with the one of the table that it comes from. That one is created, with its state, for
-- all partitions.
origin AS (
    SELECT g.oid, g.tgenabled FROM pg_trigger g JOIN pg_proc p ON p.oid = g.tgfoid
    WHERE NOT tgisinternal AND tgparentid = 0 AND p.pronamespace <> 'allotment'::regnamespace
    UNION ALL
    SELECT g.oid, o.tgenabled FROM pg_trigger g JOIN origin o ON o.oid = g.tgparentid
)
SELECT format('state of trigger %I of %s', tgname, c.oid::regclass),
       format('ALTER TABLE ONLY %s %s TRIGGER %I', c.oid::regclass,
           CASE g.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE' END,
           tgname)
FROM origin o JOIN pg_trigger g ON g.oid = o.oid JOIN tenant_class c ON c.oid = g.tgrelid
WHERE g.tgparentid <> 0 AND g.tgenabled <> o.tgenabled
