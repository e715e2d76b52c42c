CREATE SCHEMA sales
---
CREATE SCHEMA "Odd schema"
---
CREATE EXTENSION pg_trgm
---
CREATE EXTENSION hstore SCHEMA sales
---
CREATE TYPE sales.mood AS ENUM ('good', 'it''s', 'b\ad')
---
ALTER TYPE sales.mood ADD VALUE 'better' BEFORE 'good'
---
CREATE DOMAIN sales.email AS text COLLATE "C" DEFAULT 'a@b' CONSTRAINT never_null NOT NULL CONSTRAINT has_at CHECK (VALUE LIKE '%@%')
---
CREATE DOMAIN sales.positive AS int CONSTRAINT above CHECK (VALUE > 0)
---
ALTER DOMAIN sales.positive ADD CONSTRAINT below CHECK (VALUE < 1000) NOT VALID
---
CREATE TYPE sales.money_of AS (amount numeric(12,2), currency char(3))
---
CREATE TYPE sales.span AS RANGE (subtype = date)
---
CREATE FUNCTION sales.twice(n integer) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT n * 2'
---
CREATE FUNCTION sales.loud(t text, VARIADIC more int[] DEFAULT '{1}') RETURNS SETOF text LANGUAGE plpgsql STRICT COST 7 ROWS 3 AS $$BEGIN RETURN NEXT upper(t); END$$
---
CREATE FUNCTION sales.needs_trgm(t text) RETURNS real LANGUAGE sql AS 'SELECT public.similarity(t, t)'
---
ALTER FUNCTION sales.needs_trgm(text) DEPENDS ON EXTENSION pg_trgm
---
CREATE PROCEDURE sales.work(INOUT x int DEFAULT 3) LANGUAGE plpgsql SECURITY DEFINER SET search_path = sales AS $$BEGIN x := x + 1; END$$
---
CREATE FUNCTION sales.note() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$
---
CREATE SEQUENCE sales.numbers AS int INCREMENT 7 MINVALUE 3 MAXVALUE 1000 START 10 CYCLE CACHE 2
---
SELECT nextval('sales.numbers')
---
CREATE SEQUENCE sales.untouched
---
CREATE UNLOGGED SEQUENCE sales.fast_numbers
---
CREATE TABLE sales."Odd ""name""; DROP TABLE x" (
    id serial PRIMARY KEY,
    "a column" text COLLATE "C" DEFAULT 'it''s; \ here',
    gone text,
    n integer NOT NULL DEFAULT nextval('sales.numbers'),
    doubled integer GENERATED ALWAYS AS (sales.twice(n)) STORED,
    mail sales.email, feels sales.mood[], price sales.money_of, during sales.span, spans sales.span_multirange, tags sales.hstore,
    num numeric(30,10), dbl double precision, rl real, flag boolean, raw bytea, js jsonb, j json, xm xml, u uuid,
    ts timestamp(3), tz timestamptz, d date, tm time, ttz timetz, iv interval, bits bit(5), vb bit varying(9), ip inet, mac macaddr,
    pt point, bx box, tsv tsvector, tsq tsquery, c char(4), vc varchar(20), arr int[][], mon money, o oid, rc regclass, "char" "char",
    CONSTRAINT "positive!" CHECK (n > 0)
) WITH (fillfactor = 70, toast.autovacuum_enabled = false)
---
ALTER TABLE sales."Odd ""name""; DROP TABLE x" DROP COLUMN gone
---
ALTER TABLE sales."Odd ""name""; DROP TABLE x" ALTER "a column" SET STORAGE EXTERNAL, ALTER n SET STATISTICS 55, ALTER n SET (n_distinct = 5, n_distinct_inherited = -0.5), ALTER raw SET COMPRESSION pglz
---
INSERT INTO sales."Odd ""name""; DROP TABLE x" ("a column", n, mail, feels, price, during, spans, tags, num, dbl, rl, flag, raw, js, j, xm, u, ts, tz, d, tm, ttz, iv, bits, vb, ip, mac, pt, bx, tsv, tsq, c, vc, arr, mon, o, rc, "char")
VALUES (E'Zoë\t\n\\. 🚀', 5, 'x@y', '{good,"b\\ad"}', '(1.5,EUR)', '[2020-01-01,2021-01-01)', '{[2020-01-01,2021-01-01)}', 'a=>1, b=>NULL',
    12345678901234567890.0123456789, 'NaN', '-0', true, '\x00ff5c', '{"a": [1, null]}', '{"b":  1}', '<a>b</a><c/>',
    'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '2020-01-02 03:04:05.678', '0044-03-15 12:00+05 BC', '-infinity', '24:00', '12:00+05',
    '1 year -2 days 03:04:05.6', '10110', '101', '10.0.0.0/8', '08:00:2b:01:02:03', '(1.5,-2)', '(1,1),(0,0)', 'fat & cat', 'fat & cat',
    'ab', 'varchar', '[0:1][2:3]={{1,2},{3,NULL}}', 12.34, 4000000000, 'sales.numbers', 'x'),
    (NULL, 6, 'z@', NULL, NULL, 'empty', NULL, '', '-1e-10', '-Infinity', '1e-30', NULL, '', 'null', NULL, '', NULL, 'infinity', '294276-12-31', '5874897-12-31',
    NULL, NULL, NULL, NULL, '', NULL, NULL, NULL, NULL, '', NULL, '', '', '{}', NULL, 0, NULL, '')
---
CREATE TABLE sales.a (id int PRIMARY KEY, b int, note text, UNIQUE NULLS NOT DISTINCT (b))
---
CREATE TABLE sales.b (id int PRIMARY KEY, a int REFERENCES sales.a DEFERRABLE INITIALLY DEFERRED)
---
ALTER TABLE sales.a ADD CONSTRAINT circle FOREIGN KEY (b) REFERENCES sales.b ON DELETE SET NULL (b) NOT VALID
---
ALTER TABLE sales.a ADD CONSTRAINT unchecked CHECK (id <> 99) NO INHERIT NOT VALID
---
INSERT INTO sales.a VALUES (1, NULL)
---
INSERT INTO sales.b VALUES (7, 1)
---
INSERT INTO sales.a VALUES (2, 7)
---
CREATE INDEX expensive ON sales.a (sales.twice(b) DESC NULLS LAST) INCLUDE (id) WITH (fillfactor = 60) WHERE b IS NOT NULL
---
ALTER INDEX sales.expensive ALTER COLUMN 1 SET STATISTICS 33
---
CREATE INDEX trigrams ON sales.a USING gin (note gin_trgm_ops)
---
CREATE INDEX by_twice ON sales.a (id)
---
ALTER INDEX sales.by_twice DEPENDS ON EXTENSION pg_trgm
---
CREATE TABLE sales.booked (room int, at sales.span, EXCLUDE USING gist (at WITH &&) WHERE (room > 0))
---
INSERT INTO sales.booked VALUES (1, '[2020-01-01,2020-02-01)')
---
ALTER TABLE sales.a CLUSTER ON a_pkey
---
ALTER TABLE sales.b REPLICA IDENTITY FULL
---
CREATE TABLE sales.identified (id int NOT NULL UNIQUE, x int)
---
ALTER TABLE sales.identified REPLICA IDENTITY USING INDEX identified_id_key
---
CREATE STATISTICS sales.related (ndistinct, mcv) ON id, b FROM sales.a
---
CREATE STATISTICS sales.computed ON (id + 1), (b * 2) FROM sales.a
---
ALTER STATISTICS sales.related SET STATISTICS 77
---
CREATE VIEW sales.plain WITH (security_barrier = true) AS SELECT id, b FROM sales.a WHERE b > 0 WITH LOCAL CHECK OPTION
---
CREATE VIEW sales.invoked WITH (security_invoker = true) AS SELECT id FROM sales.plain
---
CREATE VIEW sales.grouped AS SELECT a.id, a.b, count(*) FROM sales.a GROUP BY a.id
---
CREATE VIEW sales.over AS SELECT * FROM sales.plain JOIN sales.grouped USING (id, b)
---
CREATE RECURSIVE VIEW sales.steps (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM steps WHERE n < 5
---
ALTER VIEW sales.plain ALTER b SET DEFAULT 9
---
CREATE MATERIALIZED VIEW sales.stored WITH (fillfactor = 80) AS SELECT max(id) AS most FROM sales.a
---
CREATE MATERIALIZED VIEW sales.empty AS SELECT 1 AS one WITH NO DATA
---
CREATE UNIQUE INDEX ON sales.stored (most)
---
ALTER MATERIALIZED VIEW sales.stored CLUSTER ON stored_most_idx
---
CREATE FUNCTION sales.of_rows(r sales.a) RETURNS int LANGUAGE sql AS 'SELECT r.id'
---
CREATE FUNCTION sales.standard() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM sales.over; END
---
CREATE TABLE sales.log (what text, at timestamptz)
---
CREATE TRIGGER noting AFTER INSERT ON sales.a FOR EACH ROW WHEN (NEW.id > 5) EXECUTE FUNCTION sales.note('arg''s')
---
CREATE TRIGGER always_noting BEFORE UPDATE OF b ON sales.a FOR EACH STATEMENT EXECUTE FUNCTION sales.note()
---
ALTER TABLE sales.a ENABLE ALWAYS TRIGGER always_noting
---
CREATE TRIGGER with_tables AFTER UPDATE ON sales.b REFERENCING OLD TABLE AS was NEW TABLE AS now FOR EACH STATEMENT EXECUTE FUNCTION sales.note()
---
ALTER TRIGGER with_tables ON sales.b DEPENDS ON EXTENSION pg_trgm
---
CREATE CONSTRAINT TRIGGER later AFTER UPDATE ON sales.a DEFERRABLE FOR EACH ROW EXECUTE FUNCTION sales.note()
---
ALTER TABLE sales.a DISABLE TRIGGER later
---
CREATE TRIGGER instead INSTEAD OF INSERT ON sales.grouped FOR EACH ROW EXECUTE FUNCTION sales.note()
---
CREATE RULE quiet AS ON DELETE TO sales.log DO INSTEAD NOTHING
---
ALTER TABLE sales.log DISABLE RULE quiet
---
CREATE RULE loud AS ON INSERT TO sales.b WHERE NEW.id > 1000 DO ALSO INSERT INTO sales.log VALUES ('b')
---
CREATE UNLOGGED TABLE sales.fast (x int GENERATED BY DEFAULT AS IDENTITY)
---
CREATE TABLE sales.parent (id int, common text NOT NULL DEFAULT 'p', CONSTRAINT short CHECK (length(common) < 10))
---
CREATE TABLE sales.other_parent (id int, more int)
---
CREATE TABLE sales.child (own int NOT NULL, CONSTRAINT short CHECK (length(common) < 10)) INHERITS (sales.parent, sales.other_parent)
---
ALTER TABLE sales.child ALTER id SET NOT NULL, ALTER common SET DEFAULT 'c'
---
CREATE TABLE sales.grandchild (common text, last int) INHERITS (sales.child)
---
CREATE TABLE sales.joined (id int, common text NOT NULL, CONSTRAINT short CHECK (length(common) < 10))
---
ALTER TABLE sales.joined INHERIT sales.parent
---
INSERT INTO sales.parent VALUES (1, 'p')
---
INSERT INTO sales.grandchild (id, own) VALUES (2, 3)
---
CREATE TABLE sales.parts (id bigint GENERATED ALWAYS AS IDENTITY (START 100 INCREMENT 5), at date NOT NULL, v text DEFAULT 'x', PRIMARY KEY (id, at, v)) PARTITION BY RANGE (at)
---
CREATE TABLE sales.parts_20 PARTITION OF sales.parts FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')
---
CREATE TABLE sales.parts_21 PARTITION OF sales.parts FOR VALUES FROM ('2021-01-01') TO ('2022-01-01') PARTITION BY LIST (v)
---
CREATE TABLE sales.parts_21_x PARTITION OF sales.parts_21 FOR VALUES IN ('x', NULL)
---
CREATE TABLE sales.parts_rest PARTITION OF sales.parts DEFAULT
---
ALTER TABLE sales.parts_20 ALTER v SET DEFAULT 'other', ADD CONSTRAINT own CHECK (v <> 'never')
---
CREATE INDEX parts_v ON sales.parts (v)
---
CREATE INDEX only_here ON sales.parts_20 (at)
---
CREATE TRIGGER parted AFTER INSERT ON sales.parts FOR EACH ROW EXECUTE FUNCTION sales.note()
---
ALTER TABLE sales.parts_20 DISABLE TRIGGER parted
---
ALTER TABLE sales.parts_21 ENABLE REPLICA TRIGGER parted
---
ALTER TABLE ONLY sales.parts_21_x ENABLE ALWAYS TRIGGER parted
---
CREATE TABLE sales.words (w text PRIMARY KEY)
---
INSERT INTO sales.words VALUES ('x'), ('other')
---
ALTER TABLE sales.parts ADD CONSTRAINT to_words FOREIGN KEY (v) REFERENCES sales.words ON UPDATE CASCADE
---
INSERT INTO sales.parts (at) VALUES ('2020-05-05'), ('2021-05-05'), ('1999-01-01')
---
CREATE TABLE sales.hashed (id int) PARTITION BY HASH (sales.twice(id))
---
CREATE TABLE sales.hashed_0 PARTITION OF sales.hashed FOR VALUES WITH (MODULUS 1, REMAINDER 0)
---
CREATE TABLE sales.guarded (who text)
---
INSERT INTO sales.guarded VALUES ('me'), ('you')
---
CREATE POLICY mine ON sales.guarded AS RESTRICTIVE FOR SELECT TO PUBLIC USING (who = 'me')
---
CREATE POLICY own ON sales.guarded FOR INSERT TO CURRENT_USER WITH CHECK (who <> 'you')
---
ALTER TABLE sales.guarded ENABLE ROW LEVEL SECURITY
---
CREATE TABLE sales.no_columns ()
---
CREATE TABLE "Odd schema"."Table" ("Column" int, "a.b" text DEFAULT E'\\')
---
INSERT INTO "Odd schema"."Table" VALUES (1, E'\\N'), (2, NULL)
---
CREATE TABLE public.plain (id int GENERATED BY DEFAULT AS IDENTITY, t text)
---
INSERT INTO public.plain (t) VALUES ('1'), (repeat('long ', 100000))
---
GRANT USAGE ON SEQUENCE public.plain_id_seq TO PUBLIC
---
GRANT SELECT (id), UPDATE (b) ON sales.a TO PUBLIC
---
GRANT SELECT ON sales.b TO PUBLIC
---
REVOKE DELETE ON sales.log FROM CURRENT_USER
---
REVOKE EXECUTE ON FUNCTION sales.twice FROM PUBLIC
---
GRANT USAGE ON SCHEMA sales TO PUBLIC
---
REVOKE USAGE ON TYPE sales.mood FROM PUBLIC
---
GRANT SELECT ON SEQUENCE sales.numbers TO PUBLIC
---
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC
---
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON ROUTINES FROM PUBLIC
---
ALTER DEFAULT PRIVILEGES IN SCHEMA sales GRANT USAGE ON SEQUENCES TO PUBLIC
---
COMMENT ON TABLE sales.a IS 'it''s a table'
---
COMMENT ON COLUMN sales.a.b IS 'a column'
---
COMMENT ON VIEW sales.plain IS 'a view'
---
COMMENT ON MATERIALIZED VIEW sales.stored IS 'a stored view'
---
COMMENT ON SEQUENCE sales.numbers IS 'a sequence'
---
COMMENT ON FUNCTION sales.twice(int) IS 'a function'
---
COMMENT ON PROCEDURE sales.work(int) IS 'a procedure'
---
COMMENT ON CONSTRAINT has_at ON DOMAIN sales.email IS 'of a domain'
---
COMMENT ON DOMAIN sales.positive IS 'a domain'
---
COMMENT ON TYPE sales.mood IS 'a type'
---
COMMENT ON COLUMN sales.money_of.amount IS 'of a type'
---
COMMENT ON TRIGGER noting ON sales.a IS 'a trigger'
---
COMMENT ON RULE quiet ON sales.log IS 'a rule'
---
COMMENT ON POLICY mine ON sales.guarded IS 'a policy'
---
COMMENT ON CONSTRAINT circle ON sales.a IS 'a constraint'
---
COMMENT ON INDEX sales.expensive IS 'an index'
---
COMMENT ON STATISTICS sales.related IS 'statistics'
---
COMMENT ON SCHEMA sales IS 'a schema'
---
COMMENT ON DATABASE "shop.example" IS '100% \ it''s'
---
ALTER DATABASE "shop.example" SET search_path = "$user", sales, public
---
ALTER DATABASE "shop.example" SET application_name = 'it''s 100%'
---
ALTER ROLE CURRENT_USER SET work_mem = '5MB'
---
ALTER ROLE CURRENT_USER IN DATABASE "shop.example" SET search_path = sales, "Odd schema"
---
ALTER ROLE CURRENT_USER IN DATABASE "shop.example" SET DateStyle = 'German'
