-- readable from 1
-- Tables with record quotas, and schema public while there are any, belong to a role of the installation that has no rights
-- elsewhere: see PostgresRowQuotas. Code that runs as the owner of a table gains nothing.

-- This function runs with the rights of the application, and the planner evaluates no check of the table for it.
ALTER FUNCTION allotment.hold_limit() SET constraint_exclusion = off;

-- Counts the rows of a quota, as the owner of the table and not as an administrator. Returns null if the name no longer
-- means a table of that owner. Once it is locked, it cannot get another name.
CREATE FUNCTION allotment.count_rows(quota bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
SET constraint_exclusion = off AS $$
DECLARE
    held record;
    total bigint;
BEGIN
    SELECT table_name, condition INTO STRICT held FROM allotment.row_limits WHERE id = quota;
    EXECUTE format('LOCK TABLE ONLY public.%I IN ACCESS SHARE MODE', held.table_name);
    IF EXISTS (
        SELECT FROM pg_class c JOIN pg_roles o ON o.oid = c.relowner
        WHERE c.oid = to_regclass(format('public.%I', held.table_name)) AND c.relkind = 'r' AND o.rolname = current_user)
    THEN
        EXECUTE format('SELECT count(*) FROM public.%I WHERE ', held.table_name) || held.condition INTO total;
    END IF;
    RETURN total;
EXCEPTION WHEN undefined_table OR invalid_schema_name OR insufficient_privilege OR wrong_object_type THEN
    RETURN NULL;
END
$$;

-- Gives schema public to the owner of limited tables, and the functions that run with its rights. It may read the quotas and
-- take turns.
CREATE FUNCTION allotment.hand_over_quotas(heir text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('GRANT USAGE, CREATE ON SCHEMA allotment TO %I', heir);
    EXECUTE format('ALTER FUNCTION allotment.take_turn() OWNER TO %I', heir);
    EXECUTE format('ALTER FUNCTION allotment.count_rows(bigint) OWNER TO %I', heir);
    EXECUTE format('REVOKE CREATE ON SCHEMA allotment FROM %I', heir);
    EXECUTE format('GRANT SELECT, UPDATE (turn) ON allotment.row_limits TO %I', heir);
    EXECUTE format('ALTER SCHEMA public OWNER TO %I', heir);
    EXECUTE format('GRANT ALL ON SCHEMA public TO %I', heir);
    GRANT USAGE, CREATE ON SCHEMA public TO pg_database_owner;
END
$$;

REVOKE ALL ON FUNCTION allotment.count_rows(bigint), allotment.hand_over_quotas(text) FROM PUBLIC;

-- In a database that has quotas already, the tables belong to an administrator.
DO $$
DECLARE
    heir text;
    held record;
BEGIN
    IF NOT EXISTS (SELECT FROM allotment.row_limits) THEN
        RETURN;
    END IF;
    SELECT substring(o.rolname FROM '^allotment_[0-9a-f]{12}_') || 'quota' INTO STRICT heir
    FROM pg_database d JOIN pg_roles o ON o.oid = d.datdba WHERE d.datname = current_database();
    BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = heir) THEN
            PERFORM set_config('createrole_self_grant', 'set, inherit', true);
            EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', heir);
        END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL;
    END;
    PERFORM allotment.hand_over_quotas(heir);
    FOR held IN
        SELECT DISTINCT c.relname FROM pg_class c JOIN allotment.row_limits q ON q.table_name = c.relname
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
    LOOP
        EXECUTE format('ALTER TABLE public.%I OWNER TO %I', held.relname, heir);
    END LOOP;
END
$$;
