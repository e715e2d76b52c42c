-- The storage parameters of a table, a view or an index, and those of its TOAST table.
class_options AS NOT MATERIALIZED (
    SELECT c.oid, string_agg(split_part(o, '=', 1) || '=' || quote_literal(substr(o, strpos(o, '=') + 1)), ', ') AS options
    FROM pg_class c LEFT JOIN pg_class s ON s.oid = c.reltoastrelid,
        LATERAL (SELECT o FROM unnest(c.reloptions) o UNION ALL SELECT 'toast.' || o FROM unnest(s.reloptions) o) all_options
    GROUP BY c.oid
),
sequence_options AS NOT MATERIALIZED (
    SELECT seqrelid AS oid, seqtypid,
           format('INCREMENT BY %s MINVALUE %s MAXVALUE %s START WITH %s CACHE %s%s', seqincrement, seqmin, seqmax, seqstart,
               seqcache, CASE WHEN seqcycle THEN ' CYCLE' ELSE '' END) AS options
    FROM pg_sequence
),
collate_clause AS NOT MATERIALIZED (
    SELECT c.oid, format(' COLLATE %I.%I', n.nspname, c.collname) AS clause
    FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace
)
