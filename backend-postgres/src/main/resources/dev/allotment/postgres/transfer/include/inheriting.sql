-- Tables that get columns of their parents when they are created, and have the same columns in the same order then. Tables
-- without such columns, partitions, and those with another order become children afterwards.
inheriting AS (
    SELECT c.oid FROM tenant_class c
    WHERE c.relkind = 'r' AND NOT c.relispartition
        AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND NOT attislocal)
        AND (SELECT array_agg(attname ORDER BY attnum) FROM pg_attribute a
             WHERE a.attrelid = c.oid AND attnum > 0 AND NOT attisdropped)
            = (SELECT array_agg(attname ORDER BY place) FROM (
                SELECT attname, min(place) AS place FROM (
                    SELECT p.attname, ARRAY[h.inhseqno, CAST(p.attnum AS integer)] AS place
                    FROM pg_inherits h JOIN pg_attribute p ON p.attrelid = h.inhparent
                    WHERE h.inhrelid = c.oid AND p.attnum > 0 AND NOT p.attisdropped
                    UNION ALL
                    SELECT a.attname, ARRAY[2147483647, CAST(a.attnum AS integer)]
                    FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) places
                GROUP BY attname) ordered)
)
