-- readable from 1
-- What a session of a tenant may ask of the control plane. A session that may run code of the tenant is signed in as a role
-- that has only the tenant's rights. It reads and writes records, and gives tables with record quotas to their owner, through
-- two functions here. Each call needs the ticket of the session. Only the node that opened the session knows it, and passes it
-- as a parameter, so that no code in the session can read it. The name of the role ends with the start of its hash.

CREATE SCHEMA allotment_gate;
GRANT USAGE ON SCHEMA allotment_gate TO pg_database_owner;

CREATE FUNCTION allotment_gate.check_ticket(ticket bytea) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF session_user !~ '^allotment_session_[0-9a-f]{12}_[0-9a-f]{32}$'
        OR right(CAST(session_user AS text), 32) <> left(encode(sha256(ticket), 'hex'), 32)
    THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = 'This session has another ticket';
    END IF;
END
$$;

-- Runs a statement about records. Its parameters are elements of $1. Returns the columns of each row as texts.
CREATE FUNCTION allotment_gate.records(ticket bytea, statement text, arguments text[]) RETURNS SETOF text[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
SET "DateStyle" = 'ISO, YMD' SET "TimeZone" = 'UTC' SET row_security = on SET transform_null_equals = off
AS $$
DECLARE
    found record;
BEGIN
    PERFORM allotment_gate.check_ticket(ticket);
    FOR found IN EXECUTE statement USING arguments LOOP
        RETURN NEXT ARRAY(SELECT value FROM json_each_text(row_to_json(found)) WITH ORDINALITY ORDER BY ordinality);
    END LOOP;
END
$$;

-- Lets the owner of the function above read and write all tables of the base schema. A migration that adds a table calls this.
CREATE FUNCTION allotment_gate.admit_records() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA allotment TO %s',
        (SELECT CAST(proowner AS regrole) FROM pg_proc
         WHERE oid = CAST('allotment_gate.records(bytea, text, text[])' AS regprocedure)));
END
$$;

-- Gives tables with record quotas to the role that owns them, and back. The statements here evaluate nothing that belongs to the
-- tenant. The caller has checked that the table may have a quota, and has locked it.
CREATE FUNCTION allotment_gate.quota(ticket bytea, action text, heir text, subject text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
DECLARE
    held record;
    every_row boolean;
    event text;
BEGIN
    PERFORM allotment_gate.check_ticket(ticket);
    IF heir !~ '^allotment_[0-9a-f]{12}_quota$' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'This role owns no tables with record quotas';
    END IF;
    CASE action
    WHEN 'lift' THEN
        FOR held IN SELECT id, table_name FROM allotment.row_limits LOOP
            IF to_regclass(format('public.%I', held.table_name)) IS NOT NULL THEN
                FOREACH event IN ARRAY ARRAY['turn', 'insert', 'update'] LOOP
                    EXECUTE format('DROP TRIGGER IF EXISTS %I ON public.%I',
                        'allotment_limit_' || held.id || '_' || event, held.table_name);
                END LOOP;
            END IF;
        END LOOP;
        IF to_regnamespace('public') IS NOT NULL THEN
            ALTER SCHEMA public OWNER TO pg_database_owner;
            EXECUTE format('REVOKE ALL ON SCHEMA public FROM %I', heir);
        END IF;
        FOR held IN SELECT DISTINCT table_name FROM allotment.row_limits LOOP
            EXECUTE format('ALTER TABLE IF EXISTS public.%I OWNER TO pg_database_owner', held.table_name);
        END LOOP;
        DELETE FROM allotment.row_limits;
    WHEN 'schema' THEN
        -- Its owner could give the name of a table to another one.
        EXECUTE format('GRANT USAGE, CREATE ON SCHEMA allotment TO %I', heir);
        EXECUTE format('ALTER FUNCTION allotment.take_turn() OWNER TO %I', heir);
        EXECUTE format('REVOKE CREATE ON SCHEMA allotment FROM %I', heir);
        EXECUTE format('GRANT SELECT, UPDATE (turn) ON allotment.row_limits TO %I', heir);
        EXECUTE format('ALTER SCHEMA public OWNER TO %I', heir);
        EXECUTE format('GRANT ALL ON SCHEMA public TO %I', heir);
        GRANT USAGE, CREATE ON SCHEMA public TO pg_database_owner;
    WHEN 'table' THEN
        EXECUTE format('ALTER TABLE public.%I OWNER TO %I', subject, heir);
        FOR held IN
            SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE CAST(CAST(a.grantee AS regrole) AS text) END AS grantee
            FROM pg_class c JOIN (
                SELECT oid, relacl AS acl FROM pg_class
                UNION ALL SELECT attrelid, attacl FROM pg_attribute) acls ON acls.oid = c.oid,
            aclexplode(acl) a
            WHERE c.oid = to_regclass(format('public.%I', subject)) AND a.grantee <> c.relowner
        LOOP
            EXECUTE format('REVOKE ALL ON public.%I FROM %s CASCADE', subject, held.grantee);
        END LOOP;
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON public.%I TO pg_database_owner', subject);
        FOR held IN
            SELECT CAST(CAST(d.objid AS regclass) AS text) AS name FROM pg_depend d JOIN pg_class s ON s.oid = d.objid
            WHERE d.classid = CAST('pg_class' AS regclass) AND s.relkind = 'S'
                AND d.refclassid = CAST('pg_class' AS regclass)
                AND d.refobjid = to_regclass(format('public.%I', subject)) AND d.deptype IN ('a', 'i')
        LOOP
            EXECUTE format('GRANT USAGE, SELECT, UPDATE ON SEQUENCE %s TO pg_database_owner', held.name);
        END LOOP;
    WHEN 'triggers' THEN
        FOR held IN SELECT * FROM allotment.row_limits LOOP
            -- If every row counts, an update cannot change how many count.
            every_row := held.condition = 'TRUE';
            EXECUTE format('CREATE TRIGGER %I BEFORE INSERT%s ON public.%I FOR EACH STATEMENT'
                ' EXECUTE FUNCTION allotment.take_turn(%L)',
                'allotment_limit_' || held.id || '_turn', CASE WHEN every_row THEN '' ELSE ' OR UPDATE' END,
                held.table_name, held.id);
            EXECUTE format('CREATE TRIGGER %I AFTER INSERT ON public.%I REFERENCING NEW TABLE AS came FOR EACH STATEMENT'
                ' EXECUTE FUNCTION allotment.hold_limit(%L, %L, %L, %L)',
                'allotment_limit_' || held.id || '_insert', held.table_name,
                held.condition, held.max_rows, held.model, held.domain);
            IF NOT every_row THEN
                EXECUTE format('CREATE TRIGGER %I AFTER UPDATE ON public.%I REFERENCING OLD TABLE AS went NEW TABLE AS came'
                    ' FOR EACH STATEMENT EXECUTE FUNCTION allotment.hold_limit(%L, %L, %L, %L)',
                    'allotment_limit_' || held.id || '_update', held.table_name,
                    held.condition, held.max_rows, held.model, held.domain);
            END IF;
        END LOOP;
    END CASE;
END
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA allotment_gate FROM PUBLIC;
GRANT EXECUTE ON FUNCTION allotment_gate.records(bytea, text, text[]), allotment_gate.quota(bytea, text, text, text)
    TO pg_database_owner;

-- Statements about records run as a role that has rights on these tables and on nothing else. It cannot sign in, and is a member of
-- no role.
DO $$
DECLARE
    keeper text := 'allotment_records_' || left(encode(sha256(convert_to(current_user, 'UTF8')), 'hex'), 32);
BEGIN
    BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = keeper) THEN
            PERFORM set_config('createrole_self_grant', 'set, inherit', true);
            EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', keeper);
        END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL;
    END;
    EXECUTE format('GRANT USAGE ON SCHEMA allotment TO %I', keeper);
    EXECUTE format('GRANT USAGE, CREATE ON SCHEMA allotment_gate TO %I', keeper);
    EXECUTE format('ALTER FUNCTION allotment_gate.records(bytea, text, text[]) OWNER TO %I', keeper);
    EXECUTE format('REVOKE CREATE ON SCHEMA allotment_gate FROM %I', keeper);
    EXECUTE format('GRANT EXECUTE ON FUNCTION allotment_gate.check_ticket(bytea) TO %I', keeper);
    PERFORM allotment_gate.admit_records();
END
$$;
