// SPDX-License-Identifier: Apache-2.0
package dev.allotment.test;

import java.util.Map;

/**
 * Traps that the application of a tenant can set in its database on PostgreSQL, one for each kind of call that
 * PostgreSQL makes to code of a tenant. What the control plane sets off in the database must have the rights of the
 * tenant and no others.
 */
public final class TenantTraps {
    /**
     * What each trap calls, and the table that each trap is on. Notes the call in the sequence {@code public.called},
     * and in {@code public.escaped} if it had more than the rights of the tenant. Sequences keep their values if a
     * transaction is rolled back. {@code :me} is the role of the tenant, {@code :victim} that of another one.
     */
    public static final String WITNESS = """
            CREATE SEQUENCE public.called; CREATE SEQUENCE public.escaped;
            CREATE FUNCTION public.witness() RETURNS void LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM nextval('public.called');
                IF pg_has_role(session_user, ':victim', 'MEMBER') OR pg_has_role(current_user, ':victim', 'MEMBER')
                    OR has_schema_privilege('allotment', 'USAGE')
                THEN
                    PERFORM nextval('public.escaped');
                END IF;
                BEGIN
                    EXECUTE 'GRANT ":victim" TO ":me"';
                    PERFORM nextval('public.escaped');
                EXCEPTION WHEN OTHERS THEN NULL;
                END;
                BEGIN
                    RESET ROLE;
                    EXECUTE 'GRANT ":victim" TO ":me"';
                    PERFORM nextval('public.escaped');
                EXCEPTION WHEN OTHERS THEN NULL;
                END;
            END$$;
            CREATE FUNCTION public.evil(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
                $$BEGIN PERFORM public.witness(); RETURN $1; END$$;
            CREATE FUNCTION public.evil(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS
                $$BEGIN PERFORM public.witness(); RETURN $1; END$$;
            CREATE FUNCTION public.evil_trigger() RETURNS trigger LANGUAGE plpgsql AS
                $$BEGIN PERFORM public.witness(); RETURN COALESCE(NEW, OLD); END$$;
            CREATE TABLE public.notes (id int, note text);
            INSERT INTO public.notes VALUES (1, 'a'), (2, 'b');
            """;

    /** A deferred trigger that a cast queues, which a deferred key calls, which another deferred trigger queues. */
    private static final String CHAIN = """
            CREATE TYPE public.mood AS ENUM ('a', 'b');
            CREATE TABLE public.pk (id int PRIMARY KEY); INSERT INTO public.pk VALUES (1);
            CREATE TABLE public.z (x int);
            CREATE CONSTRAINT TRIGGER zt AFTER INSERT ON public.z DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION public.evil_trigger();
            CREATE FUNCTION public.evil_cast(public.mood) RETURNS int LANGUAGE plpgsql VOLATILE AS
                $$BEGIN SET CONSTRAINTS public.zt DEFERRED; INSERT INTO public.z VALUES (1); PERFORM public.witness();
                  RETURN 1; END$$;
            CREATE CAST (public.mood AS int) WITH FUNCTION public.evil_cast(public.mood) AS IMPLICIT;
            CREATE TABLE public.fk (m public.mood, CONSTRAINT fkc FOREIGN KEY (m) REFERENCES public.pk (id)
                DEFERRABLE INITIALLY DEFERRED);
            CREATE TABLE public.y (x int);
            CREATE FUNCTION public.yf() RETURNS trigger LANGUAGE plpgsql AS
                $$BEGIN SET CONSTRAINTS public.fkc DEFERRED; INSERT INTO public.fk VALUES ('a'); RETURN NULL; END$$;
            CREATE CONSTRAINT TRIGGER yt AFTER INSERT ON public.y DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION public.yf();
            """;

    /** For traps that only catch who falls into them: something that calls the witness in any case. */
    private static final String CALL = """
            CREATE TRIGGER call BEFORE UPDATE ON public.notes FOR EACH ROW EXECUTE FUNCTION public.evil_trigger();
            """;

    /** Operators as in {@link #SHADOWS}. They cannot be copied to another server. */
    private static final String OPERATORS = """
            CREATE FUNCTION public.equal(text, text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog AS
                $$BEGIN PERFORM public.witness(); RETURN $1 = $2; END$$;
            CREATE OPERATOR public.= (LEFTARG = text, RIGHTARG = text, FUNCTION = public.equal);
            CREATE FUNCTION public.equal(oid, oid) RETURNS boolean LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog AS
                $$BEGIN PERFORM public.witness(); RETURN $1 = $2; END$$;
            CREATE OPERATOR public.= (LEFTARG = oid, RIGHTARG = oid, FUNCTION = public.equal);
            CREATE FUNCTION public.equal(name, name) RETURNS boolean LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog AS
                $$BEGIN PERFORM public.witness(); RETURN $1 = $2; END$$;
            CREATE OPERATOR public.= (LEFTARG = name, RIGHTARG = name, FUNCTION = public.equal);
            """;

    /** What is found before functions and tables of the system, if these come later in the search path. */
    private static final String SHADOWS = """
            CREATE FUNCTION public.current_database() RETURNS name LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS
                $$BEGIN PERFORM public.witness(); RETURN pg_catalog.current_database(); END$$;
            CREATE FUNCTION public.quote_ident(text) RETURNS text LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog AS
                $$BEGIN PERFORM public.witness(); RETURN pg_catalog.quote_ident($1); END$$;
            CREATE FUNCTION public.set_config(text, text, boolean) RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog AS
                $$BEGIN PERFORM public.witness(); RETURN pg_catalog.set_config($1, $2, $3); END$$;
            CREATE FUNCTION public.pg_get_userbyid(oid) RETURNS name LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS
                $$BEGIN PERFORM public.witness(); RETURN pg_catalog.pg_get_userbyid($1); END$$;
            CREATE FUNCTION public.caught() RETURNS boolean LANGUAGE plpgsql SET search_path = pg_catalog AS
                $$BEGIN PERFORM public.witness(); RETURN true; END$$;
            CREATE VIEW public.pg_class AS SELECT s.* FROM pg_catalog.pg_class s WHERE public.caught();
            CREATE VIEW public.pg_database AS SELECT s.* FROM pg_catalog.pg_database s WHERE public.caught();
            CREATE VIEW public.pg_roles AS SELECT s.* FROM pg_catalog.pg_roles s WHERE public.caught();
            CREATE VIEW public.pg_shdepend AS SELECT s.* FROM pg_catalog.pg_shdepend s WHERE public.caught();
            CREATE VIEW public.pg_trigger AS SELECT s.* FROM pg_catalog.pg_trigger s WHERE public.caught();
            """;

    /** Each trap, with what prepares it. */
    private static final Map<String, String> TRAPS = Map.ofEntries(
            Map.entry("an operator on the type of a literal", CHAIN + """
                            CREATE FUNCTION public.eq(varchar, varchar) RETURNS boolean LANGUAGE plpgsql AS
                                $$BEGIN INSERT INTO public.y VALUES (1); PERFORM public.witness();
                                  RETURN pg_catalog.texteq($1, $2); END$$;
                            CREATE OPERATOR public.= (LEFTARG = varchar, RIGHTARG = varchar, FUNCTION = public.eq);
                            """),
            Map.entry("a chain of deferred triggers and keys", CHAIN + """
                            CREATE FUNCTION public.start() RETURNS trigger LANGUAGE plpgsql AS
                                $$BEGIN INSERT INTO public.y VALUES (1); RETURN NULL; END$$;
                            CREATE TRIGGER s AFTER INSERT OR UPDATE ON public.notes FOR EACH ROW EXECUTE FUNCTION public.start();
                            """),
            Map.entry("a trigger before each row", """
                    CREATE TRIGGER t BEFORE INSERT OR UPDATE OR DELETE ON public.notes
                        FOR EACH ROW EXECUTE FUNCTION public.evil_trigger();
                    """),
            Map.entry("a deferred trigger", """
                    CREATE CONSTRAINT TRIGGER t AFTER INSERT OR UPDATE ON public.notes DEFERRABLE INITIALLY DEFERRED
                        FOR EACH ROW EXECUTE FUNCTION public.evil_trigger();
                    """),
            Map.entry("a deferred trigger that defers itself", """
                    CREATE FUNCTION public.again() RETURNS trigger LANGUAGE plpgsql AS
                        $$BEGIN SET CONSTRAINTS ALL DEFERRED; PERFORM public.witness();
                          IF NEW.id < 5 THEN INSERT INTO public.notes VALUES (NEW.id + 5, 'again'); END IF; RETURN NULL; END$$;
                    CREATE CONSTRAINT TRIGGER t AFTER INSERT OR UPDATE ON public.notes DEFERRABLE INITIALLY DEFERRED
                        FOR EACH ROW EXECUTE FUNCTION public.again();
                    """),
            Map.entry("a check", "ALTER TABLE public.notes ADD CHECK (public.evil(note) <> '') NOT VALID;"),
            Map.entry("a check of a domain", """
                    CREATE DOMAIN public.line AS text CHECK (public.evil(VALUE) <> '');
                    ALTER TABLE public.notes ADD line public.line DEFAULT 'x';
                    """),
            Map.entry("a default", "ALTER TABLE public.notes ADD d int DEFAULT public.evil(1);"),
            Map.entry(
                    "a generated column",
                    "ALTER TABLE public.notes ADD g text GENERATED ALWAYS AS (public.evil(note)) STORED;"),
            Map.entry("an index on an expression", "CREATE INDEX ON public.notes (public.evil(note));"),
            Map.entry("a partial index", "CREATE INDEX ON public.notes (id) WHERE public.evil(note) <> '';"),
            Map.entry(
                    "a deferred unique key on what a trigger fills",
                    "ALTER TABLE public.notes ADD u int UNIQUE DEFERRABLE INITIALLY DEFERRED;"
                            + " CREATE TRIGGER t BEFORE UPDATE ON public.notes FOR EACH ROW EXECUTE FUNCTION public.evil_trigger();"),
            Map.entry("a deferred exclusion of expressions", """
                    ALTER TABLE public.notes ADD EXCLUDE USING btree ((public.evil(id)) WITH =) DEFERRABLE INITIALLY DEFERRED;
                    """),
            Map.entry(
                    "statistics of expressions",
                    "CREATE STATISTICS public.s ON (public.evil(note)), id FROM public.notes; ANALYZE public.notes;"),
            Map.entry("a policy", """
                    ALTER TABLE public.notes ENABLE ROW LEVEL SECURITY; ALTER TABLE public.notes FORCE ROW LEVEL SECURITY;
                    CREATE POLICY p ON public.notes USING (public.evil(note) <> '');
                    """),
            Map.entry("a view with a rule", """
                    ALTER TABLE public.notes RENAME TO stored;
                    CREATE VIEW public.notes AS SELECT id, public.evil(note) AS note FROM public.stored;
                    CREATE RULE r AS ON UPDATE TO public.notes DO INSTEAD SELECT public.witness();
                    """),
            Map.entry("a materialized view", """
                    CREATE MATERIALIZED VIEW public.m AS SELECT public.evil(note) FROM public.notes;
                    """),
            Map.entry("a partition by an expression", """
                    DROP TABLE public.notes;
                    CREATE TABLE public.notes (id int, note text) PARTITION BY RANGE (public.evil(id));
                    CREATE TABLE public.part PARTITION OF public.notes FOR VALUES FROM (0) TO (10);
                    INSERT INTO public.notes VALUES (1, 'a');
                    """),
            Map.entry("the difference of a range type", """
                    CREATE FUNCTION public.diff(float8, float8) RETURNS float8 LANGUAGE plpgsql IMMUTABLE AS
                        $$BEGIN PERFORM public.witness(); RETURN $1 - $2; END$$;
                    CREATE TYPE public.span AS RANGE (subtype = float8, subtype_diff = public.diff);
                    ALTER TABLE public.notes ADD span public.span DEFAULT '[1,2]';
                    CREATE INDEX ON public.notes USING gist (span);
                    """),
            Map.entry("prepared statements with the names of the driver", """
                    CREATE FUNCTION public.prepare() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN
                        PERFORM public.witness();
                        FOR n IN 1..60 LOOP
                            EXECUTE format('PREPARE "S_%s" AS SELECT public.witness()', n);
                            EXECUTE format('PREPARE "C_%s" AS SELECT public.witness()', n);
                        END LOOP;
                        RETURN NEW;
                    END$$;
                    CREATE TRIGGER t BEFORE UPDATE ON public.notes FOR EACH ROW EXECUTE FUNCTION public.prepare();
                    """),
            Map.entry("a password for the role of the session", """
                    CREATE FUNCTION public.stay() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN
                        PERFORM public.witness();
                        EXECUTE format('ALTER ROLE %I PASSWORD %L', session_user, 'known');
                        RETURN NEW;
                    END$$;
                    CREATE CONSTRAINT TRIGGER t AFTER UPDATE ON public.notes DEFERRABLE INITIALLY DEFERRED
                        FOR EACH ROW EXECUTE FUNCTION public.stay();
                    """),
            Map.entry("objects of the role of the session", """
                    CREATE FUNCTION public.own() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN
                        PERFORM public.witness();
                        CREATE TABLE IF NOT EXISTS public.mine (id int);
                        EXECUTE format('GRANT SELECT ON public.notes TO %I', session_user);
                        RETURN NEW;
                    END$$;
                    CREATE CONSTRAINT TRIGGER t AFTER UPDATE ON public.notes DEFERRABLE INITIALLY DEFERRED
                        FOR EACH ROW EXECUTE FUNCTION public.own();
                    """),
            // Each function has its own path. Otherwise it would call itself.
            Map.entry("a search path of the database in which the system comes last", SHADOWS + CALL + """
                    DO $$BEGIN
                        EXECUTE format('ALTER DATABASE %I SET search_path = public, pg_catalog', current_database());
                        ALTER ROLE ":me" SET search_path = public, pg_catalog;
                    END$$;
                    """),
            Map.entry("a search path that code leaves in the session", SHADOWS + OPERATORS + """
                    CREATE FUNCTION public.turn() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN
                        PERFORM public.witness();
                        PERFORM pg_catalog.set_config('search_path', 'public, pg_catalog', false);
                        SET CONSTRAINTS ALL DEFERRED;
                        RETURN NEW;
                    END$$;
                    CREATE CONSTRAINT TRIGGER t AFTER INSERT OR UPDATE ON public.notes DEFERRABLE INITIALLY DEFERRED
                        FOR EACH ROW EXECUTE FUNCTION public.turn();
                    """),
            Map.entry("temporary views with the names of system tables", """
                    CREATE FUNCTION public.hide() RETURNS trigger LANGUAGE plpgsql AS $$
                    DECLARE hidden text;
                    BEGIN
                        PERFORM public.witness();
                        FOREACH hidden IN ARRAY ARRAY['pg_class', 'pg_namespace', 'pg_trigger', 'pg_roles',
                            'pg_database', 'pg_proc', 'pg_shdepend', 'pg_constraint', 'pg_auth_members']
                        LOOP
                            IF to_regclass('pg_temp.' || hidden) IS NULL THEN
                                EXECUTE format('CREATE TEMPORARY VIEW %1$I AS SELECT s.* FROM pg_catalog.%1$I s'
                                    ' WHERE public.evil(1) = 1', hidden);
                            END IF;
                        END LOOP;
                        RETURN NEW;
                    END$$;
                    CREATE CONSTRAINT TRIGGER t AFTER INSERT OR UPDATE ON public.notes DEFERRABLE INITIALLY DEFERRED
                        FOR EACH ROW EXECUTE FUNCTION public.hide();
                    """),
            Map.entry("temporary domains with the names of system types", """
                    CREATE FUNCTION public.hide() RETURNS trigger LANGUAGE plpgsql AS $$
                    DECLARE hidden text;
                    BEGIN
                        PERFORM public.witness();
                        FOREACH hidden IN ARRAY ARRAY['text', 'bytea', 'name', 'oid', 'regclass', 'regrole', 'uuid', 'jsonb']
                        LOOP
                            IF to_regtype('pg_temp.' || hidden) IS NULL THEN
                                EXECUTE format('CREATE DOMAIN pg_temp.%1$I AS pg_catalog.%1$I'
                                    ' CHECK (public.evil(pg_catalog.length(CAST(VALUE AS varchar))) >= 0)', hidden);
                            END IF;
                        END LOOP;
                        RETURN NEW;
                    END$$;
                    CREATE CONSTRAINT TRIGGER t AFTER INSERT OR UPDATE ON public.notes DEFERRABLE INITIALLY DEFERRED
                        FOR EACH ROW EXECUTE FUNCTION public.hide();
                    """),
            Map.entry("a temporary table with the name of a table that is limited", """
                    CREATE FUNCTION public.cover() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN
                        PERFORM public.witness();
                        IF to_regclass('pg_temp.notes') IS NULL THEN
                            CREATE TEMPORARY TABLE notes (id int DEFAULT public.evil(1), note text);
                            CREATE TRIGGER t BEFORE INSERT OR UPDATE ON pg_temp.notes
                                FOR EACH ROW EXECUTE FUNCTION public.evil_trigger();
                            CREATE INDEX ON pg_temp.notes (public.evil(note));
                        END IF;
                        RETURN NEW;
                    END$$;
                    CREATE CONSTRAINT TRIGGER t AFTER INSERT OR UPDATE ON public.notes DEFERRABLE INITIALLY DEFERRED
                        FOR EACH ROW EXECUTE FUNCTION public.cover();
                    """),
            Map.entry("a cursor that is read at the commit", """
                    CREATE FUNCTION public.hold() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN
                        SET CONSTRAINTS ALL DEFERRED;
                        IF NEW.id < 5 THEN
                            INSERT INTO public.notes VALUES (NEW.id + 5, 'again');
                        ELSIF NOT EXISTS (SELECT FROM pg_cursors WHERE name = 'held') THEN
                            EXECUTE 'DECLARE held CURSOR WITH HOLD FOR SELECT public.evil(note) FROM public.notes';
                        END IF;
                        RETURN NULL;
                    END$$;
                    CREATE CONSTRAINT TRIGGER t AFTER INSERT OR UPDATE ON public.notes DEFERRABLE INITIALLY DEFERRED
                        FOR EACH ROW EXECUTE FUNCTION public.hold();
                    """),
            Map.entry(
                    "a constant that the planner computes",
                    "CREATE INDEX ON public.notes (id) WHERE id > public.evil(0);"),
            Map.entry("the default of a domain", """
                    CREATE DOMAIN public.counted AS int DEFAULT public.evil(1); ALTER TABLE public.notes ADD d public.counted;
                    """),
            Map.entry("a check of a domain in an array of rows", """
                    CREATE DOMAIN public.line AS text CHECK (public.evil(VALUE) <> '');
                    CREATE TYPE public.pair AS (line public.line, n int);
                    ALTER TABLE public.notes ADD pairs public.pair[] DEFAULT ARRAY[CAST(ROW('x', 1) AS public.pair)];
                    """),
            Map.entry("a key that sets a default", """
                    CREATE TABLE public.parents (id int PRIMARY KEY); INSERT INTO public.parents VALUES (1), (2);
                    CREATE TABLE public.children (parent int DEFAULT public.evil(1) REFERENCES public.parents
                        ON UPDATE SET DEFAULT ON DELETE SET DEFAULT);
                    INSERT INTO public.children VALUES (2);
                    CREATE FUNCTION public.move() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN
                        UPDATE public.parents SET id = id + 1 WHERE id > 1;
                        UPDATE public.children SET parent = (SELECT max(id) FROM public.parents);
                        RETURN NEW;
                    END$$;
                    CREATE CONSTRAINT TRIGGER t AFTER INSERT OR UPDATE ON public.notes DEFERRABLE INITIALLY DEFERRED
                        FOR EACH ROW EXECUTE FUNCTION public.move();
                    """),
            Map.entry("a trigger of a statement that reads what was changed", """
                    CREATE FUNCTION public.read() RETURNS trigger LANGUAGE plpgsql AS
                        $$BEGIN PERFORM public.evil(note) FROM changed; RETURN NULL; END$$;
                    CREATE TRIGGER t AFTER UPDATE ON public.notes REFERENCING NEW TABLE AS changed
                        FOR EACH STATEMENT EXECUTE FUNCTION public.read();
                    """),
            Map.entry("a trigger instead of the change of a view", """
                    ALTER TABLE public.notes RENAME TO stored;
                    CREATE VIEW public.notes AS SELECT id, note FROM public.stored;
                    CREATE TRIGGER t INSTEAD OF INSERT OR UPDATE ON public.notes
                        FOR EACH ROW EXECUTE FUNCTION public.evil_trigger();
                    """),
            Map.entry("a rule that adds a command", """
                    CREATE RULE i AS ON INSERT TO public.notes DO ALSO SELECT public.witness();
                    CREATE RULE u AS ON UPDATE TO public.notes DO ALSO SELECT public.witness();
                    """),
            Map.entry("functions that fit better than those of the system", CALL + """
                    CREATE FUNCTION public.quote_ident(name) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
                        $$BEGIN PERFORM public.witness(); RETURN pg_catalog.quote_ident(CAST($1 AS text)); END$$;
                    CREATE FUNCTION public.setval(regclass, int) RETURNS bigint LANGUAGE plpgsql AS
                        $$BEGIN PERFORM public.witness(); RETURN pg_catalog.setval($1, CAST($2 AS bigint)); END$$;
                    CREATE FUNCTION public.starts_with(name, text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS
                        $$BEGIN PERFORM public.witness(); RETURN pg_catalog.starts_with(CAST($1 AS text), $2); END$$;
                    CREATE FUNCTION public.format(text, name) RETURNS text LANGUAGE plpgsql STABLE AS
                        $$BEGIN PERFORM public.witness(); RETURN pg_catalog.format($1, CAST($2 AS text)); END$$;
                    CREATE FUNCTION public.format(text, name, name) RETURNS text LANGUAGE plpgsql STABLE AS
                        $$BEGIN PERFORM public.witness(); RETURN pg_catalog.format($1, CAST($2 AS text), CAST($3 AS text)); END$$;
                    CREATE FUNCTION public.counted(bigint, int) RETURNS bigint LANGUAGE plpgsql AS
                        $$BEGIN PERFORM public.witness(); RETURN $1 + 1; END$$;
                    CREATE AGGREGATE public.count (int) (SFUNC = public.counted, STYPE = bigint, INITCOND = '0');
                    """),
            Map.entry("names that are statements", CALL + """
                    CREATE SCHEMA "s""; SELECT public.witness(); --";
                    CREATE TABLE public."t""; SELECT public.witness(); --" ("c""; SELECT public.witness(); --" int PRIMARY KEY,
                        "' || public.witness() || '" text DEFAULT ''' || public.witness() || ''',
                        CONSTRAINT "$$; SELECT public.witness(); --" CHECK ("' || public.witness() || '" <> ''));
                    INSERT INTO public."t""; SELECT public.witness(); --" VALUES (1, '\\.'), (2, '''); SELECT public.witness(); --');
                    CREATE INDEX "i""; SELECT public.witness(); --"
                        ON public."t""; SELECT public.witness(); --" ("' || public.witness() || '");
                    CREATE SEQUENCE public."q""; SELECT public.witness(); --";
                    CREATE TYPE public."e""; SELECT public.witness(); --" AS ENUM (''' || public.witness() || ''', '$$');
                    CREATE FUNCTION public."f""; SELECT public.witness(); --"() RETURNS int LANGUAGE sql AS 'SELECT 1';
                    COMMENT ON TABLE public.notes IS '''; SELECT public.witness(); --';
                    COMMENT ON COLUMN public."t""; SELECT public.witness(); --"."c""; SELECT public.witness(); --"
                        IS '$$; SELECT public.witness(); --';
                    """));

    private TenantTraps() {}

    /** Returns the traps by what they are, each with the statements that set it after those of {@link #WITNESS}. */
    public static Map<String, String> all() {
        return TRAPS;
    }
}
