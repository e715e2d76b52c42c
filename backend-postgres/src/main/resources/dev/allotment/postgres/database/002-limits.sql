-- readable from 1
-- How a client database holds limits of rows in the tables of its application, which belong to an administrator as long as
-- they are limited: see PostgresLimits.

CREATE TABLE allotment.row_limits (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    table_name text COLLATE "C" NOT NULL,
    condition text COLLATE "C" NOT NULL,
    max_rows integer NOT NULL,
    model text COLLATE "C" NOT NULL,
    domain text COLLATE "C" NOT NULL,
    turn bigint DEFAULT 0 NOT NULL
);

-- Before a statement: one transaction after the other, until its end. A transaction that sees an older state of the database than
-- the one before it left fails here, since it would not see all rows.
CREATE FUNCTION allotment.take_turn() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE allotment.row_limits SET turn = turn + 1 WHERE id = CAST(TG_ARGV[0] AS bigint);
    RETURN NULL;
END
$$;

-- After a statement, with the rights of whoever gave it: counts where rows came. Arguments: condition, largest number, model, domain.
CREATE FUNCTION allotment.hold_limit() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $$
DECLARE
    gained bigint;
    lost bigint := 0;
    total bigint;
BEGIN
    EXECUTE 'SELECT count(*) FROM came WHERE ' || TG_ARGV[0] INTO gained;
    IF TG_OP = 'UPDATE' THEN
        EXECUTE 'SELECT count(*) FROM went WHERE ' || TG_ARGV[0] INTO lost;
    END IF;
    IF gained > lost THEN
        EXECUTE format('SELECT count(*) FROM %I.%I WHERE ', TG_TABLE_SCHEMA, TG_TABLE_NAME) || TG_ARGV[0] INTO total;
        IF total > CAST(TG_ARGV[1] AS bigint) THEN
            RAISE EXCEPTION USING
                ERRCODE = 'check_violation',
                MESSAGE = format('Limit of records reached: %s may have %s (domain %s), and would have %s',
                    TG_ARGV[2], TG_ARGV[1], TG_ARGV[3], total),
                HINT = 'Remove records, or have the limit raised.',
                TABLE = TG_TABLE_NAME,
                SCHEMA = TG_TABLE_SCHEMA,
                CONSTRAINT = 'allotment_limit';
        END IF;
    END IF;
    RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION allotment.take_turn(), allotment.hold_limit() FROM PUBLIC;
