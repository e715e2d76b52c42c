WITH
-- include tenant-objects.sql
,
-- include clauses.sql
,
-- include inheriting.sql
SELECT 'pg_class'::regclass::oid::bigint, c.oid::bigint, 'table ' || c.oid::regclass,
       format('CREATE %s TABLE %I.%I (%s)', CASE relpersistence WHEN 'u' THEN 'UNLOGGED' ELSE '' END, nspname, relname, (
           SELECT string_agg(concat(
                   quote_ident(attname), ' ', format_type(atttypid, atttypmod),
                   CASE attcompression WHEN 'p' THEN ' COMPRESSION pglz' WHEN 'l' THEN ' COMPRESSION lz4' END,
                   CASE WHEN attcollation <> y.typcollation
                       THEN (SELECT clause FROM collate_clause o WHERE o.oid = a.attcollation) END,
                   CASE WHEN attgenerated <> '' THEN (
                       SELECT format(' GENERATED ALWAYS AS (%s) %s', pg_get_expr(adbin, adrelid),
                           CASE attgenerated WHEN 's' THEN 'STORED' ELSE 'VIRTUAL' END)
                       FROM pg_attrdef WHERE adrelid = c.oid AND adnum = attnum) END,
                   CASE WHEN attidentity <> '' AND NOT relispartition THEN (
                       SELECT format(' GENERATED %s AS IDENTITY (SEQUENCE NAME %s %s)',
                           CASE attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END, q.oid::regclass, q.options)
                       FROM pg_depend i JOIN sequence_options q ON q.oid = i.objid
                       WHERE i.classid = 'pg_class'::regclass AND i.refclassid = 'pg_class'::regclass
                           AND i.refobjid = c.oid AND i.refobjsubid = attnum AND i.deptype = 'i') END,
                   CASE WHEN attnotnull THEN COALESCE((
                       SELECT format(' CONSTRAINT %I', conname) FROM pg_constraint k
                       WHERE k.conrelid = c.oid AND contype = 'n' AND conkey[1] = attnum), '') || ' NOT NULL' END),
               ', ' ORDER BY attnum)
           FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid
           WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
               AND (attislocal OR NOT EXISTS (SELECT FROM inheriting i WHERE i.oid = c.oid))))
       || COALESCE((
           SELECT format(' INHERITS (%s)', string_agg(CAST(h.inhparent::regclass AS text), ', ' ORDER BY h.inhseqno))
           FROM pg_inherits h JOIN inheriting i ON i.oid = h.inhrelid WHERE h.inhrelid = c.oid
           HAVING count(*) > 0), '')
       || CASE WHEN relkind = 'p' THEN ' PARTITION BY ' || pg_get_partkeydef(c.oid) ELSE '' END
       || COALESCE(' WITH (' || (SELECT options FROM class_options o WHERE o.oid = c.oid) || ')', '')
       -- What a child has not inherited: NOT NULL, which is a constraint with a name since version 18.
       || COALESCE((
           SELECT string_agg(COALESCE(
                   (SELECT format('; ALTER TABLE ONLY %s ADD CONSTRAINT %I NOT NULL %I', c.oid::regclass, conname, attname)
                    FROM pg_constraint k
                    WHERE k.conrelid = c.oid AND contype = 'n' AND conkey[1] = attnum AND conislocal),
                   (SELECT format('; ALTER TABLE ONLY %s ALTER COLUMN %I SET NOT NULL', c.oid::regclass, attname)
                    WHERE NOT EXISTS (
                        SELECT FROM pg_inherits h JOIN pg_attribute p ON p.attrelid = h.inhparent
                        WHERE h.inhrelid = c.oid AND p.attname = a.attname AND p.attnotnull))), '' ORDER BY attnum)
           FROM pg_attribute a JOIN inheriting i ON i.oid = a.attrelid
           WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND NOT attislocal AND attnotnull), '')
FROM tenant_class c
WHERE relkind IN ('r', 'p')
