-- The largest tables, as VACUUM and ANALYZE last counted them: counting now would wait for locks of the tenant.
SELECT n.nspname || '.' || c.relname AS name,
       (c.relpages + COALESCE(t.relpages, 0) + COALESCE(x.pages, 0)) * current_setting('block_size')::bigint AS bytes,
       pg_catalog.pg_stat_get_live_tuples(c.oid) AS rows, pg_catalog.pg_stat_get_dead_tuples(c.oid) AS dead
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_class t ON t.oid = c.reltoastrelid
LEFT JOIN (SELECT i.indrelid, sum(p.relpages)::bigint AS pages
           FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class p ON p.oid = i.indexrelid
           GROUP BY i.indrelid) x ON x.indrelid = c.oid
WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
ORDER BY bytes DESC, name
LIMIT 10
