// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.transfer;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What is in a database besides the base schema, as statements that make it again. These are questions to the system tables, for
 * a session without a search path, so that every name comes with its schema.
 *
 * <p>Tables are made alone, and become partitions or children afterwards: that way they have their columns in the same order, and
 * one statement makes each constraint for all of them.
 */
public final class DumpInventory {
    /** In which order things are made that do not need each other. Rows are loaded before {@link #JOINING}. */
    static final int SCHEMA = 0;

    static final int EXTENSION = 10;
    static final int TYPE = 20;
    static final int FUNCTION = 30;
    static final int SEQUENCE = 40;
    static final int TABLE = 50;
    static final int VIEW = 55;
    static final int JOINING = 60;
    static final int LATER = 70;

    private static final String OURS =
            "(NOT starts_with(n.nspname, 'pg_') AND n.nspname NOT IN ('information_schema', 'allotment'))";

    private static final String DEFAULT_KINDS =
            "(SELECT CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES'"
                    + " WHEN 'f' THEN 'ROUTINES' WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' ELSE 'LARGE OBJECTS' END AS kind)";

    private static String own(String catalog, String alias) {
        return " NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = '" + catalog + "'::regclass AND x.objid = "
                + alias + ".oid AND x.objsubid = 0 AND x.refobjid <> x.objid AND x.deptype IN ('e', 'i')) ";
    }

    private static String options(String array) {
        return "(SELECT string_agg(split_part(o, '=', 1) || '=' || quote_literal(substr(o, strpos(o, '=') + 1)), ', ')"
                + " FROM unnest(" + array + ") o)";
    }

    private static final String SEQUENCE_OPTIONS =
            "format('INCREMENT BY %s MINVALUE %s MAXVALUE %s START WITH %s CACHE %s%s',"
                    + " q.seqincrement, q.seqmin, q.seqmax, q.seqstart, q.seqcache, CASE WHEN q.seqcycle THEN ' CYCLE' ELSE '' END)";

    private static final String COLLATION =
            "(SELECT format(' COLLATE %I.%I', cn.nspname, co.collname) FROM pg_collation co"
                    + " JOIN pg_namespace cn ON cn.oid = co.collnamespace WHERE co.oid = ";

    /** class, id, order, what it is, SQL. */
    public static final String OBJECTS =
            """
            SELECT 'pg_namespace'::regclass::oid::bigint, n.oid::bigint, 0, 'schema ' || quote_ident(nspname),
                   format('CREATE SCHEMA %I', nspname), n.oid::bigint
            FROM pg_namespace n WHERE""" + OURS + " AND nspname <> 'public' AND" + own("pg_namespace", "n") + """

            UNION ALL SELECT 'pg_extension'::regclass::oid::bigint, e.oid::bigint, 10, 'extension ' || quote_ident(extname),
                   format('CREATE EXTENSION %I WITH %s VERSION %L', extname, CASE WHEN EXISTS (SELECT FROM pg_depend x
                       WHERE x.classid = 'pg_namespace'::regclass AND x.objid = n.oid AND x.deptype = 'e') THEN ''
                       ELSE format('SCHEMA %I', nspname) END, extversion), e.oid::bigint
            FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE extname <> 'plpgsql'

            UNION ALL SELECT 'pg_type'::regclass::oid::bigint, t.oid::bigint, 20, 'type ' || format_type(t.oid, NULL),
                   format('CREATE TYPE %I.%I AS ', nspname, typname) || CASE typtype
                   WHEN 'e' THEN 'ENUM (' || COALESCE((SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder)
                       FROM pg_enum WHERE enumtypid = t.oid), '') || ')'
                   WHEN 'r' THEN (SELECT format('RANGE (SUBTYPE = %s, SUBTYPE_OPCLASS = %s%s%s, MULTIRANGE_TYPE_NAME = %s)',
                       format_type(rngsubtype, NULL),
                       (SELECT format('%I.%I', on_.nspname, opcname) FROM pg_opclass o JOIN pg_namespace on_
                        ON on_.oid = o.opcnamespace WHERE o.oid = rngsubopc),
                       (SELECT format(', COLLATION = %I.%I', cn.nspname, collname) FROM pg_collation co JOIN pg_namespace cn
                        ON cn.oid = co.collnamespace WHERE co.oid = rngcollation),
                       (SELECT format(', SUBTYPE_DIFF = %I.%I', pn.nspname, proname) FROM pg_proc p JOIN pg_namespace pn
                        ON pn.oid = p.pronamespace WHERE p.oid = rngsubdiff::oid),
                       format_type(rngmultitypid, NULL)) FROM pg_range WHERE rngtypid = t.oid)
                   ELSE '(' || COALESCE((SELECT string_agg(format('%I %s%s', attname, format_type(atttypid, atttypmod),
                           CASE WHEN attcollation <> y.typcollation THEN""" + COLLATION + """
             a.attcollation) END), ', ' ORDER BY attnum)
                       FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid
                       WHERE attrelid = t.typrelid AND attnum > 0 AND NOT attisdropped), '') || ')' END, t.oid::bigint
            FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE""" + OURS + """
             AND (typtype IN ('e', 'r') OR (typtype = 'c'
                AND EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))) AND NOT EXISTS (
                SELECT FROM pg_depend x WHERE x.classid = 'pg_type'::regclass AND x.objid = t.oid AND x.deptype = 'e')

            UNION ALL SELECT 'pg_type'::regclass::oid::bigint, t.oid::bigint, 20, 'domain ' || format_type(t.oid, NULL),
                   format('CREATE DOMAIN %I.%I AS %s', nspname, typname, format_type(typbasetype, typtypmod))
                   || COALESCE(CASE WHEN typcollation <> (SELECT b.typcollation FROM pg_type b WHERE b.oid = t.typbasetype) THEN"""
                    + COLLATION + """
             t.typcollation) END, '')
                   || COALESCE(' DEFAULT ' || pg_get_expr(typdefaultbin, 0), '')
                   || CASE WHEN typnotnull THEN ' NOT NULL' ELSE '' END
                   || COALESCE((SELECT string_agg(format(' CONSTRAINT %I %s', conname, pg_get_constraintdef(k.oid)), '' ORDER BY conname)
                       FROM pg_constraint k WHERE contypid = t.oid AND contype = 'c' AND convalidated), ''), t.oid::bigint
            FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
            WHERE typtype = 'd' AND""" + OURS + " AND" + own("pg_type", "t") + """

            UNION ALL SELECT 'pg_constraint'::regclass::oid::bigint, k.oid::bigint, 70, 'constraint ' || quote_ident(conname) || ' of domain '
                   || format_type(contypid, NULL),
                   format('ALTER DOMAIN %s ADD CONSTRAINT %I %s', format_type(contypid, NULL), conname, pg_get_constraintdef(k.oid)),
                   k.oid::bigint
            FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace
            WHERE contypid <> 0 AND contype = 'c' AND NOT convalidated AND""" + OURS + """

            UNION ALL SELECT 'pg_proc'::regclass::oid::bigint, p.oid::bigint, 30, 'function ' || p.oid::regprocedure,
                   pg_get_functiondef(p.oid), p.oid::bigint
            FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE prokind <> 'a' AND""" + OURS + " AND"
                    + own("pg_proc", "p") + """

            UNION ALL SELECT 'pg_class'::regclass::oid::bigint, c.oid::bigint, 40, 'sequence ' || c.oid::regclass,
                   format('CREATE %s SEQUENCE %I.%I AS %s %s', CASE relpersistence WHEN 'u' THEN 'UNLOGGED' ELSE '' END,
                       nspname, relname, format_type(q.seqtypid, NULL),""" + SEQUENCE_OPTIONS + """
            ), c.oid::bigint
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_sequence q ON q.seqrelid = c.oid
            WHERE relkind = 'S' AND relpersistence <> 't' AND""" + OURS + " AND" + own("pg_class", "c") + """

            UNION ALL SELECT 'pg_class'::regclass::oid::bigint, c.oid::bigint, 50, 'table ' || c.oid::regclass,
                   format('CREATE %s TABLE %I.%I (%s)', CASE relpersistence WHEN 'u' THEN 'UNLOGGED' ELSE '' END, nspname, relname,
                   (SELECT string_agg(concat(quote_ident(attname), ' ', format_type(atttypid, atttypmod),
                           CASE attcompression WHEN 'p' THEN ' COMPRESSION pglz' WHEN 'l' THEN ' COMPRESSION lz4' END,
                           CASE WHEN attcollation <> y.typcollation THEN"""
                    + COLLATION + """
             a.attcollation) END,
                           CASE WHEN attgenerated <> '' THEN (SELECT format(' GENERATED ALWAYS AS (%s) %s', pg_get_expr(adbin, adrelid),
                                   CASE attgenerated WHEN 's' THEN 'STORED' ELSE 'VIRTUAL' END)
                               FROM pg_attrdef WHERE adrelid = c.oid AND adnum = attnum) END,
                           CASE WHEN attidentity <> '' AND NOT relispartition THEN (
                               SELECT format(' GENERATED %s AS IDENTITY (SEQUENCE NAME %s %s)',
                                   CASE attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END, q.seqrelid::regclass,
""" + SEQUENCE_OPTIONS + """
            )
                               FROM pg_depend i JOIN pg_sequence q ON q.seqrelid = i.objid
                               WHERE i.classid = 'pg_class'::regclass AND i.refclassid = 'pg_class'::regclass
                                   AND i.refobjid = c.oid AND i.refobjsubid = attnum AND i.deptype = 'i') END,
                           CASE WHEN attnotnull THEN COALESCE((SELECT format(' CONSTRAINT %I', conname) FROM pg_constraint k
                               WHERE k.conrelid = c.oid AND contype = 'n' AND conkey[1] = attnum), '') || ' NOT NULL' END),
                       ', ' ORDER BY attnum)
                    FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid
                    WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped))
                   || CASE WHEN relkind = 'p' THEN ' PARTITION BY ' || pg_get_partkeydef(c.oid) ELSE '' END
                   || COALESCE(' WITH (' ||"""
                    + options("c.reloptions || (SELECT array_agg('toast.' || o) FROM pg_class s, unnest(s.reloptions) o"
                            + " WHERE s.oid = c.reltoastrelid)")
                    + """
             || ')', ''), c.oid::bigint
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE relkind IN ('r', 'p') AND relpersistence <> 't' AND""" + OURS + " AND" + own("pg_class", "c") + """

            UNION ALL SELECT 'pg_class'::regclass::oid::bigint, c.oid::bigint, 55, 'view ' || c.oid::regclass,
                   format('CREATE VIEW %I.%I', nspname, relname) || COALESCE(' WITH (' ||""" + options("c.reloptions") + """
             || ')', '') || ' AS ' || pg_get_viewdef(c.oid), c.oid::bigint
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE relkind = 'v' AND relpersistence <> 't' AND""" + OURS + " AND"
                    + own("pg_class", "c") + """

            UNION ALL SELECT 'pg_class'::regclass::oid::bigint, c.oid::bigint, 75, 'materialized view ' || c.oid::regclass,
                   format('CREATE MATERIALIZED VIEW %I.%I', nspname, relname) || COALESCE(' WITH (' ||""" + options("c.reloptions") + """
             || ')', '') || ' AS ' || rtrim(pg_get_viewdef(c.oid), ';') || ' WITH NO DATA', c.oid::bigint
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE relkind = 'm' AND""" + OURS + " AND" + own("pg_class", "c")
                    + """

            UNION ALL SELECT 'pg_attrdef'::regclass::oid::bigint, d.oid::bigint, 70, format('default of column %I of %s', attname, c.oid::regclass),
                   format('ALTER TABLE ONLY %s ALTER COLUMN %I SET DEFAULT %s', c.oid::regclass, attname, pg_get_expr(adbin, adrelid)),
                   d.oid::bigint
            FROM pg_attrdef d JOIN pg_class c ON c.oid = d.adrelid JOIN pg_namespace n ON n.oid = c.relnamespace
                JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.adnum
            WHERE attgenerated = '' AND NOT attisdropped AND relpersistence <> 't' AND""" + OURS + " AND" + own("pg_class", "c") + """

            UNION ALL SELECT 'pg_constraint'::regclass::oid::bigint, k.oid::bigint, CASE contype WHEN 'f' THEN 90 ELSE 70 END,
                   format('constraint %I of %s', conname, c.oid::regclass),
                   format('ALTER TABLE %s %s ADD CONSTRAINT %I %s', CASE WHEN contype IN ('p', 'u', 'x') THEN 'ONLY' ELSE '' END,
                       c.oid::regclass, conname, pg_get_constraintdef(k.oid)), k.oid::bigint
            FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE (contype IN ('p', 'u', 'x') OR (contype = 'c' AND coninhcount = 0) OR (contype = 'f' AND conparentid = 0))
                AND relpersistence <> 't' AND""" + OURS + " AND" + own("pg_class", "c") + """

            UNION ALL SELECT 'pg_class'::regclass::oid::bigint, i.oid::bigint, 72, 'index ' || i.oid::regclass, pg_get_indexdef(i.oid), i.oid::bigint
            FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
                JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.oid AND k.contype IN ('p', 'u', 'x'))
                AND c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't' AND"""
                    + OURS + " AND" + own("pg_class", "c") + """

            UNION ALL SELECT 'pg_statistic_ext'::regclass::oid::bigint, s.oid::bigint, 73, 'statistics ' || quote_ident(stxname),
                   pg_get_statisticsobjdef(s.oid), s.oid::bigint
            FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace
            WHERE""" + OURS + " AND" + own("pg_statistic_ext", "s") + """

            UNION ALL SELECT 'pg_trigger'::regclass::oid::bigint, g.oid::bigint, 95, format('trigger %I of %s', tgname, c.oid::regclass),
                   pg_get_triggerdef(g.oid) || CASE tgenabled WHEN 'O' THEN '' ELSE format('; ALTER TABLE %s %s TRIGGER %I', c.oid::regclass,
                       CASE tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, tgname) END,
                   g.oid::bigint
            FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
                JOIN pg_proc p ON p.oid = g.tgfoid
            WHERE NOT tgisinternal AND tgparentid = 0 AND relpersistence <> 't' AND p.pronamespace <> 'allotment'::regnamespace
                AND"""
                    + OURS + " AND" + own("pg_class", "c") + """

            UNION ALL SELECT 'pg_rewrite'::regclass::oid::bigint, r.oid::bigint, 95, format('rule %I of %s', rulename, c.oid::regclass),
                   pg_get_ruledef(r.oid) || CASE ev_enabled WHEN 'O' THEN '' ELSE format(' ALTER TABLE %s %s RULE %I', c.oid::regclass,
                       CASE ev_enabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, rulename) END,
                   r.oid::bigint
            FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE rulename <> '_RETURN' AND relpersistence <> 't' AND""" + OURS + " AND" + own("pg_class", "c") + """

            UNION ALL SELECT 'pg_policy'::regclass::oid::bigint, l.oid::bigint, 95, format('policy %I of %s', polname, c.oid::regclass),
                   format('CREATE POLICY %I ON %s AS %s FOR %s TO %s', polname, c.oid::regclass,
                       CASE WHEN polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
                       CASE polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
                       (SELECT string_agg(CASE o WHEN 0 THEN 'PUBLIC' WHEN 'pg_database_owner'::regrole THEN 'pg_database_owner'
                           ELSE 'CURRENT_USER' END, ', ') FROM unnest(polroles) o))
                   || COALESCE(' USING (' || pg_get_expr(polqual, polrelid) || ')', '')
                   || COALESCE(' WITH CHECK (' || pg_get_expr(polwithcheck, polrelid) || ')', ''), l.oid::bigint
            FROM pg_policy l JOIN pg_class c ON c.oid = l.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE""" + OURS
                    + " AND" + own("pg_class", "c") + """

            ORDER BY 3, 6
            """;

    /** What it is, SQL, and twice what it needs: class and id of one and the other. */
    public static final String JOINS = """
            SELECT CASE WHEN k.relispartition THEN 'partition ' ELSE 'child ' END || k.oid::regclass,
                   CASE WHEN k.relispartition
                   THEN format('ALTER TABLE ONLY %s ATTACH PARTITION %s %s', h.inhparent::regclass, k.oid::regclass, pg_get_expr(k.relpartbound, k.oid))
                   ELSE format('ALTER TABLE ONLY %s INHERIT %s', k.oid::regclass, h.inhparent::regclass) END,
                   'pg_class'::regclass::oid::bigint, h.inhrelid::bigint, 'pg_class'::regclass::oid::bigint, h.inhparent::bigint, 60, h.inhseqno
            FROM pg_inherits h JOIN pg_class k ON k.oid = h.inhrelid JOIN pg_namespace n ON n.oid = k.relnamespace
            WHERE k.relkind IN ('r', 'p') AND k.relpersistence <> 't' AND""" + OURS + """

            UNION ALL SELECT 'index ' || k.oid::regclass, format('ALTER INDEX %s ATTACH PARTITION %s', h.inhparent::regclass, k.oid::regclass),
                   'pg_class'::regclass::oid::bigint, h.inhrelid::bigint, 'pg_class'::regclass::oid::bigint, h.inhparent::bigint, 80, h.inhseqno
            FROM pg_inherits h JOIN pg_class k ON k.oid = h.inhrelid JOIN pg_namespace n ON n.oid = k.relnamespace
            WHERE k.relkind IN ('i', 'I') AND""" + OURS + """

            UNION ALL SELECT 'sequence ' || s.oid::regclass,
                   format('ALTER SEQUENCE %s OWNED BY %s.%I', s.oid::regclass, d.refobjid::regclass, a.attname),
                   'pg_class'::regclass::oid::bigint, s.oid::bigint, 'pg_class'::regclass::oid::bigint, d.refobjid::bigint, 70, 0
            FROM pg_depend d JOIN pg_class s ON s.oid = d.objid JOIN pg_namespace n ON n.oid = s.relnamespace
                JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
            WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'a' AND s.relkind = 'S'
                AND s.relpersistence <> 't' AND""" + OURS + """

            ORDER BY 7, 4, 8
            """;

    /** class and id of what is made together with something else; class and id of that. */
    static final String ALIASES = """
            SELECT 'pg_type'::regclass::oid::bigint, t.oid::bigint, 'pg_class'::regclass::oid::bigint, t.typrelid::bigint
            FROM pg_type t JOIN pg_class c ON c.oid = t.typrelid WHERE c.relkind <> 'c' AND t.oid >= 16384
            UNION ALL SELECT 'pg_class'::regclass::oid::bigint, t.typrelid::bigint, 'pg_type'::regclass::oid::bigint, t.oid::bigint
            FROM pg_type t JOIN pg_class c ON c.oid = t.typrelid WHERE c.relkind = 'c' AND t.oid >= 16384
            UNION ALL SELECT 'pg_type'::regclass::oid::bigint, t.typarray::bigint, 'pg_type'::regclass::oid::bigint, t.oid::bigint
            FROM pg_type t WHERE t.typarray <> 0 AND t.oid >= 16384
            UNION ALL SELECT 'pg_type'::regclass::oid::bigint, rngmultitypid::bigint, 'pg_type'::regclass::oid::bigint, rngtypid::bigint
            FROM pg_range WHERE rngtypid >= 16384
            UNION ALL SELECT d.classid::bigint, d.objid::bigint, d.refclassid::bigint, d.refobjid::bigint
            FROM pg_depend d WHERE d.deptype = 'e'
            UNION ALL SELECT d.classid::bigint, d.objid::bigint, d.refclassid::bigint, d.refobjid::bigint
            FROM pg_depend d WHERE d.deptype = 'i' AND d.objid >= 16384 AND (d.classid = 'pg_proc'::regclass
                OR (d.classid = 'pg_class'::regclass AND EXISTS (SELECT FROM pg_class c WHERE c.oid = d.objid AND c.relkind = 'S')))
            UNION ALL SELECT 'pg_class'::regclass::oid::bigint, conindid::bigint, 'pg_constraint'::regclass::oid::bigint, oid::bigint
            FROM pg_constraint WHERE contype IN ('p', 'u', 'x')
            UNION ALL SELECT 'pg_rewrite'::regclass::oid::bigint, oid::bigint, 'pg_class'::regclass::oid::bigint, ev_class::bigint
            FROM pg_rewrite WHERE rulename = '_RETURN' AND oid >= 16384
            UNION ALL SELECT 'pg_attrdef'::regclass::oid::bigint, d.oid::bigint, 'pg_class'::regclass::oid::bigint, d.adrelid::bigint
            FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE a.attgenerated <> ''
            UNION ALL SELECT 'pg_constraint'::regclass::oid::bigint, oid::bigint, 'pg_type'::regclass::oid::bigint, contypid::bigint
            FROM pg_constraint WHERE contypid <> 0 AND convalidated
            """;

    /** class and id of all that has to come from {@link #OBJECTS}, or together with something that does; what it is. */
    static final String ALL =
            """
            SELECT 'pg_class'::regclass::oid::bigint, c.oid::bigint, pg_describe_object('pg_class'::regclass, c.oid, 0)
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE relpersistence <> 't' AND""" + OURS + """

            UNION ALL SELECT 'pg_proc'::regclass::oid::bigint, p.oid::bigint, pg_describe_object('pg_proc'::regclass, p.oid, 0)
                FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE""" + OURS + """

            UNION ALL SELECT 'pg_type'::regclass::oid::bigint, t.oid::bigint, pg_describe_object('pg_type'::regclass, t.oid, 0)
                FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE""" + OURS + """

            UNION ALL SELECT 'pg_constraint'::regclass::oid::bigint, k.oid::bigint, pg_describe_object('pg_constraint'::regclass, k.oid, 0)
                FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace
                WHERE contype NOT IN ('n', 't') AND NOT (contype = 'c' AND coninhcount > 0) AND NOT (contype = 'f' AND conparentid <> 0)
                    AND""" + OURS + """

            UNION ALL SELECT 'pg_trigger'::regclass::oid::bigint, g.oid::bigint, pg_describe_object('pg_trigger'::regclass, g.oid, 0)
                FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
                    JOIN pg_proc p ON p.oid = g.tgfoid
                WHERE NOT tgisinternal AND tgparentid = 0 AND relpersistence <> 't' AND p.pronamespace <> 'allotment'::regnamespace
                    AND""" + OURS + """

            UNION ALL SELECT 'pg_rewrite'::regclass::oid::bigint, r.oid::bigint, pg_describe_object('pg_rewrite'::regclass, r.oid, 0)
                FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE relpersistence <> 't' AND""" + OURS + """

            UNION ALL SELECT 'pg_attrdef'::regclass::oid::bigint, d.oid::bigint, pg_describe_object('pg_attrdef'::regclass, d.oid, 0)
                FROM pg_attrdef d JOIN pg_class c ON c.oid = d.adrelid JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE relpersistence <> 't' AND""" + OURS + """

            UNION ALL SELECT 'pg_namespace'::regclass::oid::bigint, n.oid::bigint, pg_describe_object('pg_namespace'::regclass, n.oid, 0)
                FROM pg_namespace n WHERE nspname <> 'public' AND""" + OURS + """

            UNION ALL SELECT 'pg_policy'::regclass::oid::bigint, oid::bigint, pg_describe_object('pg_policy'::regclass, oid, 0) FROM pg_policy
            UNION ALL SELECT 'pg_statistic_ext'::regclass::oid::bigint, oid::bigint, pg_describe_object('pg_statistic_ext'::regclass, oid, 0)
                FROM pg_statistic_ext
            UNION ALL SELECT 'pg_extension'::regclass::oid::bigint, oid::bigint, 'extension ' || extname FROM pg_extension
                WHERE extname <> 'plpgsql'
            """;

    /** class and id of what needs something; class and id of that; how. */
    static final String NEEDS = """
            SELECT classid::bigint, objid::bigint, refclassid::bigint, refobjid::bigint, CAST(deptype AS text) FROM pg_depend
            WHERE objid >= 16384 AND refobjid >= 16384 AND deptype IN ('n', 'a', 'i')
            """;

    /** Tables that have rows of their own: what, name, columns that are stored; in the order of their names. */
    static final String LOADED = """
            SELECT 'table ' || c.oid::regclass, CAST(c.oid::regclass AS text),
                   (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
                    WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '')
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE relkind = 'r' AND relpersistence <> 't' AND""" + OURS + " AND" + own("pg_class", "c") + " ORDER BY 2";

    /** For a lock that keeps them as they are. */
    static final String TABLES =
            "SELECT CAST(c.oid::regclass AS text) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                    + " WHERE relkind IN ('r', 'p') AND relpersistence <> 't' AND " + OURS + " AND"
                    + own("pg_class", "c") + " ORDER BY c.oid";

    static final String SEQUENCES =
            "SELECT CAST(c.oid::regclass AS text) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                    + " WHERE relkind = 'S' AND relpersistence <> 't' AND " + OURS + " ORDER BY 1";

    /** Tables of the base schema, with their columns; and how far they count. */
    static final String RECORDS = """
            SELECT c.relname, (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
                    WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped)
            FROM pg_class c WHERE relnamespace = 'allotment'::regnamespace AND relkind = 'r'
                AND relname NOT IN ('schema_version', 'row_limits', 'adoption') ORDER BY 1
            """;

    static final String COUNTERS = """
            SELECT c.relname, a.attname, CAST(d.objid::regclass AS text)
            FROM pg_depend d JOIN pg_class c ON c.oid = d.refobjid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
            WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'i'
                AND c.relnamespace = 'allotment'::regnamespace AND c.relname NOT IN ('schema_version', 'row_limits', 'adoption') ORDER BY 1
            """;

    /** Each catalog whose things cannot be made again, for want of a statement that a tenant could give, or since nobody wrote it. */
    private static final List<String> NOT_COVERED = List.of(
            "pg_event_trigger",
            "pg_foreign_data_wrapper",
            "pg_foreign_server",
            "pg_publication",
            "pg_operator",
            "pg_opclass",
            "pg_opfamily",
            "pg_cast",
            "pg_conversion",
            "pg_collation",
            "pg_language",
            "pg_ts_config",
            "pg_ts_dict",
            "pg_ts_parser",
            "pg_ts_template",
            "pg_transform",
            "pg_am");

    /** Whose things are the database's own: its role's, and that of whoever owns it. */
    private static final String OWNERS = "(SELECT datdba FROM pg_database WHERE datname = current_database()"
            + " UNION ALL SELECT 'pg_database_owner'::regrole)";

    /** What limits of rows have put into the hands of an administrator. */
    private static final String LIMITED =
            "(c.relowner = current_user::regrole AND EXISTS (SELECT FROM allotment.row_limits w"
                    + " WHERE n.nspname = 'public' AND (w.table_name = c.relname OR c.oid IN (SELECT d.objid FROM pg_depend d"
                    + " WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')"
                    + " AND d.refobjid = to_regclass(format('public.%I', w.table_name))))))";

    /** Rights: on what, as GRANT has it; the rights; who owns it; what an administrator has taken over has none of its own. */
    private static final String RIGHTS = """
            SELECT CASE relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || c.oid::regclass AS thing, relacl AS acl, relowner AS owner,
                   CAST(NULL AS text) AS col
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE relkind IN ('r', 'p', 'v', 'm', 'S') AND relpersistence <> 't' AND NOT""" + LIMITED + " AND " + OURS + " AND"
            + own("pg_class", "c") + """

            UNION ALL SELECT 'TABLE ' || c.oid::regclass, attacl, relowner, quote_ident(attname)
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE attacl IS NOT NULL AND NOT attisdropped AND NOT""" + LIMITED + " AND " + OURS + " AND" + own("pg_class", "c") + """

            UNION ALL SELECT 'ROUTINE ' || p.oid::regprocedure, proacl, proowner, NULL
            FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE""" + OURS
            + " AND" + own("pg_proc", "p") + """

            UNION ALL SELECT 'TYPE ' || format_type(t.oid, NULL), typacl, typowner, NULL
            FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE""" + OURS + " AND" + own("pg_type", "t") + """

            UNION ALL SELECT 'SCHEMA ' || quote_ident(nspname), nspacl, nspowner, NULL
            FROM pg_namespace n WHERE""" + OURS + " AND"
            + own("pg_namespace", "n");

    /** Who may have rights that go along. */
    private static final String KNOWN = "(a.grantee = 0 OR a.grantee IN " + OWNERS + " OR a.grantee = r.owner"
            + " OR starts_with(a.grantee::regrole::text, 'pg_'))";

    /** On the other server, the tenant's role owns all but the schema public, as long as it has not taken that, too. */
    private static final String WHO = "CASE WHEN a.grantee = 0 THEN 'PUBLIC'"
            + " WHEN (a.grantee = r.owner OR a.grantee = 'pg_database_owner'::regrole) AND r.thing = 'SCHEMA public' THEN 'pg_database_owner'"
            + " WHEN a.grantee = r.owner OR a.grantee = (SELECT datdba FROM pg_database WHERE datname = current_database()) THEN 'CURRENT_USER'"
            + " ELSE a.grantee::regrole::text END";

    /** What is in the database and could not be made on another server, each in words. */
    public static final String OBSTACLES = NOT_COVERED.stream()
                    .map(catalog -> "SELECT pg_describe_object('" + catalog + "'::regclass, o.oid, 0) FROM " + catalog
                            + " o WHERE o.oid >= 16384 AND" + own(catalog, "o") + "UNION ALL ")
                    .collect(Collectors.joining())
            + """
            SELECT 'large object ' || oid FROM pg_largeobject_metadata
            UNION ALL SELECT 'subscription ' || quote_ident(subname) FROM pg_subscription
                WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
            UNION ALL SELECT 'security label of ' || pg_describe_object(classoid, objoid, objsubid) FROM pg_seclabel
            UNION ALL SELECT 'aggregate ' || p.oid::regprocedure FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                WHERE prokind = 'a' AND""" + OURS + " AND" + own("pg_proc", "p") + """

            UNION ALL SELECT 'base type ' || format_type(t.oid, NULL) FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
                WHERE typtype IN ('b', 'p') AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid)
                    AND""" + OURS + " AND" + own("pg_type", "t") + """

            UNION ALL SELECT 'canonical function of range type ' || format_type(rngtypid, NULL) FROM pg_range
                WHERE rngtypid >= 16384 AND rngcanonical <> 0::regproc AND NOT EXISTS (SELECT FROM pg_depend x
                    WHERE x.classid = 'pg_type'::regclass AND x.objid = rngtypid AND x.deptype = 'e')
            UNION ALL SELECT CASE WHEN relkind = 'f' THEN 'foreign table ' WHEN reloftype <> 0 THEN 'typed table '
                        WHEN reltablespace <> 0 THEN 'tablespace of '
                        ELSE 'access method of ' END || c.oid::regclass
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE (relkind = 'f' OR reloftype <> 0 OR reltablespace <> 0
                        OR (relkind IN ('r', 'p', 'm') AND relam NOT IN (0, (SELECT oid FROM pg_am WHERE amname = 'heap'))))
                    AND relpersistence <> 't' AND""" + OURS
            + " AND" + own("pg_class", "c") + """

            UNION ALL SELECT 'table ' || c.oid::regclass || ' of an extension' FROM pg_class c JOIN pg_depend x
                ON x.classid = 'pg_class'::regclass AND x.objid = c.oid AND x.deptype = 'e' WHERE relkind IN ('r', 'p')
            UNION ALL SELECT 'detaching of partition ' || inhrelid::regclass FROM pg_inherits WHERE inhdetachpending
            UNION ALL SELECT 'disabled constraint ' || quote_ident(conname) || ' of ' || conrelid::regclass
                FROM pg_trigger g JOIN pg_constraint k ON k.oid = g.tgconstraint WHERE tgisinternal AND tgenabled <> 'O'
            UNION ALL SELECT 'policy ' || quote_ident(polname) || ' of ' || polrelid::regclass || ', which names another role'
                FROM pg_policy WHERE EXISTS (SELECT FROM unnest(polroles) o WHERE o <> 0 AND o NOT IN""" + OWNERS + """
            )
            UNION ALL SELECT pg_describe_object('pg_class'::regclass, c.oid, 0) || ', which belongs to ' || relowner::regrole
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE relkind IN ('r', 'p', 'v', 'm', 'S') AND relpersistence <> 't' AND relowner NOT IN""" + OWNERS
            + " AND NOT " + LIMITED + " AND " + OURS + " AND" + own("pg_class", "c") + """

            UNION ALL SELECT pg_describe_object('pg_proc'::regclass, p.oid, 0) || ', which belongs to ' || proowner::regrole
                FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                WHERE proowner NOT IN""" + OWNERS + " AND " + OURS
            + " AND" + own("pg_proc", "p") + """

            UNION ALL SELECT pg_describe_object('pg_type'::regclass, t.oid, 0) || ', which belongs to ' || typowner::regrole
                FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
                WHERE typtype IN ('e', 'd', 'r') AND typowner NOT IN""" + OWNERS + " AND " + OURS + " AND" + own("pg_type", "t") + """

            UNION ALL SELECT pg_describe_object('pg_namespace'::regclass, n.oid, 0) || ', which belongs to ' || nspowner::regrole
                FROM pg_namespace n WHERE nspowner NOT IN""" + OWNERS
            + " AND " + OURS + " AND" + own("pg_namespace", "n") + """
             AND NOT (nspname = 'public' AND nspowner = current_user::regrole AND EXISTS (SELECT FROM allotment.row_limits))
            UNION ALL SELECT 'right of ' || a.grantee::regrole || ' on ' || lower(split_part(r.thing, ' ', 1)) || ' '
                    || substr(r.thing, strpos(r.thing, ' ') + 1)
                FROM (""" + RIGHTS + ") r, aclexplode(r.acl) a WHERE NOT "
            + KNOWN + """

            UNION ALL SELECT 'rights on ' || pg_describe_object(classoid, i.objoid, i.objsubid) || ' of an extension'
                FROM pg_init_privs i JOIN pg_class c ON c.oid = i.objoid AND i.classoid = 'pg_class'::regclass
                WHERE i.privtype = 'e' AND i.objsubid = 0 AND c.relacl IS DISTINCT FROM i.initprivs
            UNION ALL SELECT 'rights on ' || pg_describe_object(x.classid, x.objid, 0) || ' of an extension'
                FROM pg_depend x JOIN pg_proc p ON x.classid = 'pg_proc'::regclass AND p.oid = x.objid
                    LEFT JOIN pg_init_privs i ON i.classoid = x.classid AND i.objoid = x.objid
                WHERE x.deptype = 'e' AND p.proacl IS DISTINCT FROM i.initprivs
            UNION ALL SELECT 'default rights of ' || defaclrole::regrole FROM pg_default_acl WHERE defaclrole NOT IN""" + OWNERS + """

            UNION ALL SELECT 'default right of ' || a.grantee::regrole FROM
                (SELECT defaclacl AS acl, defaclrole AS owner, CAST('' AS text) AS thing FROM pg_default_acl) r, aclexplode(r.acl) a
                WHERE NOT""" + KNOWN + """

            UNION ALL SELECT 'comment on ' || pg_describe_object(classoid, objoid, objsubid) FROM pg_description
                WHERE objoid >= 16384 AND (pg_identify_object(classoid, objoid, objsubid)).type NOT IN ('table', 'view',
                    'materialized view', 'index', 'sequence', 'schema', 'extension', 'function', 'procedure', 'type', 'composite type',
                    'trigger', 'rule', 'policy', 'statistics object', 'table constraint', 'domain constraint', 'table column',
                    'view column', 'materialized view column', 'composite type column')
                    AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = classoid AND x.objid = objoid AND x.deptype = 'e')
            """;

    /** What comes last, each with what it is: details that are told after a thing is there, rights, comments, settings. */
    public static final List<String> DETAILS = List.of(
            """
            SELECT 'column ' || quote_ident(attname) || ' of ' || c.oid::regclass,
                   concat_ws('; ',
                       CASE WHEN attstorage <> typstorage THEN format('ALTER TABLE ONLY %s ALTER COLUMN %I SET STORAGE %s', c.oid::regclass, attname,
                           CASE attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END) END,
                       CASE WHEN attstattarget >= 0 THEN format('ALTER TABLE ONLY %s ALTER COLUMN %I SET STATISTICS %s', c.oid::regclass, attname,
                           attstattarget) END,
                       CASE WHEN attoptions IS NOT NULL THEN format('ALTER TABLE ONLY %s ALTER COLUMN %I SET (%s)', c.oid::regclass, attname,
""" + options("attoptions") + """
            ) END)
            FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE relkind IN ('r', 'p', 'm') AND relpersistence <> 't' AND attnum > 0 AND NOT attisdropped
                AND (attstorage <> typstorage OR attstattarget >= 0 OR attoptions IS NOT NULL) AND""" + OURS + " AND" + own("pg_class", "c"),
            """
            SELECT 'index ' || i.oid::regclass, concat_ws('; ',
                       CASE WHEN i.reloptions IS NOT NULL THEN format('ALTER INDEX %s SET (%s)', i.oid::regclass,""" + options("i.reloptions") + """
            ) END,
                       CASE WHEN indisclustered THEN format('ALTER TABLE %s CLUSTER ON %I', c.oid::regclass, i.relname) END,
                       CASE WHEN indisreplident THEN format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %I', c.oid::regclass, i.relname) END,
                       (SELECT string_agg(format('ALTER INDEX %s ALTER COLUMN %s SET STATISTICS %s', i.oid::regclass, attnum, attstattarget), '; ')
                        FROM pg_attribute WHERE attrelid = i.oid AND attstattarget >= 0))
            FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relpersistence <> 't' AND c.relkind IN ('r', 'p', 'm') AND (i.reloptions IS NOT NULL OR indisclustered OR indisreplident
                OR EXISTS (SELECT FROM pg_attribute WHERE attrelid = i.oid AND attstattarget >= 0)) AND""" + OURS + " AND" + own("pg_class", "c"),
            "SELECT 'statistics ' || quote_ident(stxname), format('ALTER STATISTICS %I.%I SET STATISTICS %s', nspname, stxname, stxstattarget)"
                    + " FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace WHERE stxstattarget >= 0 AND "
                    + OURS
                    + " AND" + own("pg_statistic_ext", "s"),
            """
            SELECT 'table ' || c.oid::regclass, concat_ws('; ',
                       CASE relreplident WHEN 'f' THEN format('ALTER TABLE ONLY %s REPLICA IDENTITY FULL', c.oid::regclass)
                           WHEN 'n' THEN format('ALTER TABLE ONLY %s REPLICA IDENTITY NOTHING', c.oid::regclass) END,
                       CASE WHEN relrowsecurity THEN format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', c.oid::regclass) END,
                       CASE WHEN relforcerowsecurity THEN format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', c.oid::regclass) END)
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE relkind IN ('r', 'p', 'm') AND relpersistence <> 't' AND (relreplident IN ('f', 'n') OR relrowsecurity OR relforcerowsecurity)
                AND""" + OURS + " AND" + own("pg_class", "c"),
            """
            SELECT 'comment on ' || i.identity, format('COMMENT ON %s %s%s IS %L',
                CASE i.type WHEN 'composite type' THEN 'TYPE' WHEN 'statistics object' THEN 'STATISTICS'
                    WHEN 'table constraint' THEN 'CONSTRAINT' WHEN 'domain constraint' THEN 'CONSTRAINT'
                    ELSE CASE WHEN i.type LIKE '% column' THEN 'COLUMN' ELSE upper(i.type) END END,
                CASE i.type WHEN 'domain constraint' THEN (SELECT format('%I ON DOMAIN %s', conname, format_type(contypid, NULL))
                    FROM pg_constraint WHERE oid = objoid) ELSE i.identity END, '', description)
            FROM pg_description d, pg_identify_object(classoid, objoid, objsubid) i
            WHERE (objoid >= 16384 OR (classoid = 'pg_namespace'::regclass AND objoid = to_regnamespace('public')))
                AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = classoid AND x.objid = objoid AND x.deptype = 'e')
                AND NOT (classoid = 'pg_class'::regclass AND EXISTS (SELECT FROM pg_class c WHERE c.oid = objoid AND c.relpersistence = 't'))
            """,
            "SELECT 'schema public', 'ALTER SCHEMA public OWNER TO CURRENT_USER' FROM pg_namespace WHERE nspname = 'public'"
                    + " AND nspowner = (SELECT datdba FROM pg_database WHERE datname = current_database())",
            """
            SELECT 'rights on ' || thing, string_agg(sql, '; ' ORDER BY turn, sql) FROM (
                SELECT DISTINCT thing, 1 AS turn, format('REVOKE ALL ON %s FROM PUBLIC, %s', thing, CASE thing WHEN 'SCHEMA public' THEN
                    'pg_database_owner' ELSE 'CURRENT_USER' END) AS sql FROM (""" + RIGHTS + """
            ) r WHERE acl IS NOT NULL AND col IS NULL
                UNION SELECT r.thing, 2, format('GRANT %s%s ON %s TO %s%s', a.privilege_type, ' (' || r.col || ')', r.thing,""" + WHO + """
            ,
                    CASE WHEN a.is_grantable AND a.grantee <> r.owner AND a.grantee <> 0 THEN ' WITH GRANT OPTION' ELSE '' END)
                FROM (""" + RIGHTS + """
            ) r, aclexplode(r.acl) a) each GROUP BY thing
            """,
            """
            SELECT 'default rights', string_agg(sql, '; ' ORDER BY turn, sql) FROM (
                SELECT d.oid, 1 AS turn, format('ALTER DEFAULT PRIVILEGES REVOKE ALL ON %s FROM PUBLIC, CURRENT_USER', k.kind) AS sql
                FROM pg_default_acl d, LATERAL""" + DEFAULT_KINDS + """
             k WHERE defaclnamespace = 0
                UNION SELECT r.oid, 2, format('ALTER DEFAULT PRIVILEGES %s GRANT %s ON %s TO %s%s', r.place, a.privilege_type, r.thing,""" + WHO + """
            ,
                    CASE WHEN a.is_grantable AND a.grantee <> r.owner AND a.grantee <> 0 THEN ' WITH GRANT OPTION' ELSE '' END)
                FROM (SELECT d.oid, defaclacl AS acl, defaclrole AS owner, k.kind AS thing, CASE defaclnamespace WHEN 0 THEN ''
                        ELSE 'IN SCHEMA ' || defaclnamespace::regnamespace END AS place
                    FROM pg_default_acl d, LATERAL""" + DEFAULT_KINDS + """
             k) r, aclexplode(r.acl) a) each GROUP BY oid
            """,
            """
            SELECT 'setting ' || name, CASE WHEN setrole = 0
                THEN format('DO %L', format('BEGIN EXECUTE pg_catalog.format(%L, pg_catalog.current_database()); END',
                    format('ALTER DATABASE %%I SET %I TO %s', name, replace(value, '%', '%%'))))
                ELSE format('ALTER ROLE CURRENT_USER SET %I TO %s', name, value) END
            FROM (SELECT setrole, split_part(c, '=', 1) AS name, CASE WHEN split_part(c, '=', 1) IN ('search_path', 'temp_tablespaces',
                    'local_preload_libraries', 'session_preload_libraries', 'shared_preload_libraries', 'unix_socket_directories')
                    AND NOT c LIKE '%=' THEN substr(c, strpos(c, '=') + 1) ELSE quote_literal(substr(c, strpos(c, '=') + 1)) END AS value
                FROM pg_db_role_setting, unnest(setconfig) c
                WHERE (setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database()) AND setrole = 0)
                    OR (setrole = (SELECT datdba FROM pg_database WHERE datname = current_database()) AND setdatabase = 0)) s
            ORDER BY setrole, name
            """,
            """
            SELECT 'comment on the database', format('DO %L', format(
                'BEGIN EXECUTE pg_catalog.format(''COMMENT ON DATABASE %%I IS %%L'', pg_catalog.current_database(), %L); END', description))
            FROM pg_shdescription WHERE classoid = 'pg_database'::regclass
                AND objoid = (SELECT oid FROM pg_database WHERE datname = current_database())
            """);

    static final String HAS_PUBLIC = "SELECT 1 FROM pg_namespace WHERE nspname = 'public'";

    /** Where the application finds what it names without a schema. */
    static final String PATH = """
            SELECT substr(c, 13) FROM pg_db_role_setting, unnest(setconfig) c
            WHERE starts_with(c, 'search_path=') AND setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
                AND setrole IN (0, (SELECT datdba FROM pg_database WHERE datname = current_database()))
            ORDER BY setrole = 0, setdatabase = 0 LIMIT 1
            """;

    /** Materialized views that have rows. */
    static final String FILLED =
            "SELECT c.oid::bigint, CAST(c.oid::regclass AS text) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                    + " WHERE relkind = 'm' AND relispopulated AND " + OURS + " AND" + own("pg_class", "c");

    private DumpInventory() {}
}
