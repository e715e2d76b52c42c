WITH
-- include tenant-objects.sql
-- Tables that may have rows with more bytes than a limit as COPY writes them: a description, the number of their pages, and
-- a query of the first such row in some of these. What is in a row itself takes a page; the rest is in the TOAST table,
-- compressed to a 255th at most. A text has twice the size at most: that of bytes, and eight times that of bits. Sizes of
-- texts and bytes are known without reading them.
SELECT 'table ' || c.oid::regclass, pg_relation_size(c.oid) / current_setting('block_size')::bigint,
       format('SELECT 1 FROM ONLY %s WHERE %s > %s', c.oid::regclass, (
           SELECT COALESCE(string_agg(format(CASE
                   WHEN atttypid = 'bytea'::regtype THEN 'CAST(COALESCE(octet_length(%1$I), 0) AS bigint) * 2'
                   WHEN atttypid = 'bpchar'::regtype THEN 'CAST(COALESCE(octet_length(%1$I), 0) AS bigint)'
                   WHEN atttypid IN ('text'::regtype, 'varchar'::regtype) THEN 'CAST(COALESCE(octet_length(CAST(%1$I AS text)), 0) AS bigint)'
                   ELSE 'CAST(CASE WHEN pg_column_size(%1$I) > %2$s THEN octet_length(CAST(%1$I AS text))'
                       || ' ELSE COALESCE(pg_column_size(%1$I), 0) END AS bigint)' END,
                   attname, {most} / 2048), ' + '), '0')
           FROM pg_attribute
           WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attlen = -1), {most})
FROM tenant_class c
WHERE relkind = 'r' AND reltoastrelid <> 0 AND pg_relation_size(reltoastrelid) > {most} / 512
ORDER BY 1
