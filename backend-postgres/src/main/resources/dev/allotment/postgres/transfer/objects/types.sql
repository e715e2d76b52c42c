WITH
-- include tenant-objects.sql
,
-- include clauses.sql
SELECT 'pg_type'::regclass::oid::bigint, t.oid::bigint, 'type ' || format_type(t.oid, NULL),
       format('CREATE TYPE %I.%I AS ', nspname, typname) || CASE typtype
           WHEN 'e' THEN 'ENUM (' || COALESCE((
               SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder)
               FROM pg_enum WHERE enumtypid = t.oid), '') || ')'
           WHEN 'r' THEN (
               SELECT format('RANGE (SUBTYPE = %s, SUBTYPE_OPCLASS = %s%s%s, MULTIRANGE_TYPE_NAME = %s)',
                   format_type(rngsubtype, NULL),
                   (SELECT format('%I.%I', s.nspname, opcname)
                    FROM pg_opclass o JOIN pg_namespace s ON s.oid = o.opcnamespace WHERE o.oid = rngsubopc),
                   (SELECT format(', COLLATION = %I.%I', s.nspname, collname)
                    FROM pg_collation o JOIN pg_namespace s ON s.oid = o.collnamespace WHERE o.oid = rngcollation),
                   (SELECT format(', SUBTYPE_DIFF = %I.%I', s.nspname, proname)
                    FROM pg_proc o JOIN pg_namespace s ON s.oid = o.pronamespace WHERE o.oid = rngsubdiff::oid),
                   format_type(rngmultitypid, NULL))
               FROM pg_range WHERE rngtypid = t.oid)
           ELSE '(' || COALESCE((
               SELECT string_agg(format('%I %s%s', attname, format_type(atttypid, atttypmod),
                   CASE WHEN attcollation <> y.typcollation
                       THEN (SELECT clause FROM collate_clause o WHERE o.oid = a.attcollation) END), ', ' ORDER BY attnum)
               FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid
               WHERE attrelid = t.typrelid AND attnum > 0 AND NOT attisdropped), '') || ')' END
FROM pg_type t JOIN tenant_schema n ON n.oid = t.typnamespace
WHERE (typtype IN ('e', 'r')
        OR (typtype = 'c' AND EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c')))
    AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = 'pg_type'::regclass AND x.objid = t.oid AND x.deptype = 'e')
