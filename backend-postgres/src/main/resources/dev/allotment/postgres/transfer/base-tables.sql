SELECT c.relname, (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
        WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped)
FROM pg_class c
WHERE relnamespace = 'allotment'::regnamespace AND relkind = 'r'
    AND relname NOT IN ('schema_version', 'row_limits', 'adoption')
ORDER BY 1
