-- readable from 1
-- What every client database has. Texts sort by code point in every database, whatever its locale.

CREATE TABLE allotment.members (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    login text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    email text COLLATE "C",
    active boolean NOT NULL,
    share boolean NOT NULL,
    owner boolean NOT NULL,
    lang text COLLATE "C" NOT NULL,
    tz text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    last_login_at timestamptz,
    CONSTRAINT members_login_key UNIQUE (login)
);

CREATE TABLE allotment.credentials (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL,
    hash text COLLATE "C" NOT NULL,
    CONSTRAINT credentials_user_id_key UNIQUE (user_id)
);

CREATE TABLE allotment.groups (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xml_id text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    addon text COLLATE "C" NOT NULL,
    CONSTRAINT groups_xml_id_key UNIQUE (xml_id)
);

CREATE TABLE allotment.memberships (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    group_id bigint NOT NULL,
    member_id bigint NOT NULL,
    CONSTRAINT memberships_group_id_member_id_key UNIQUE (group_id, member_id)
);

CREATE INDEX memberships_by_member ON allotment.memberships (member_id);

CREATE TABLE allotment.addons (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    title text COLLATE "C" NOT NULL,
    installed boolean NOT NULL,
    installed_version text COLLATE "C",
    latest_version text COLLATE "C" NOT NULL,
    CONSTRAINT addons_name_key UNIQUE (name)
);

CREATE TABLE allotment.record_limits (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    model text COLLATE "C" NOT NULL,
    domain text COLLATE "C" NOT NULL,
    max_records integer NOT NULL,
    CONSTRAINT record_limits_model_domain_key UNIQUE (model, domain)
);

CREATE TABLE allotment.applied_operations (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    operation uuid NOT NULL,
    CONSTRAINT applied_operations_operation_key UNIQUE (operation)
);

CREATE TABLE allotment.parameters (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text COLLATE "C" NOT NULL,
    value text COLLATE "C" NOT NULL,
    hidden boolean NOT NULL,
    CONSTRAINT parameters_key_key UNIQUE (key)
);

-- API keys of members. A key is found by the first digits of its secret.
CREATE TABLE allotment.api_keys (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    prefix text COLLATE "C" NOT NULL,
    hash text COLLATE "C" NOT NULL,
    database text COLLATE "C" NOT NULL,
    user_id bigint NOT NULL,
    name text COLLATE "C" NOT NULL,
    scope text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    last_used_at timestamptz,
    CONSTRAINT api_keys_hash_key UNIQUE (hash)
);

CREATE INDEX api_keys_by_prefix ON allotment.api_keys (prefix);
CREATE INDEX api_keys_by_user ON allotment.api_keys (user_id);
CREATE INDEX api_keys_by_end ON allotment.api_keys (expires_at);

-- Record quotas of the tables of the application: see PostgresRowQuotas. As long as tables have quotas, they and schema public
-- belong to a role of the installation that has no rights elsewhere. Code that runs as the owner of a table gains nothing.
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

-- After a statement, with the rights of the session that gave it: counts where rows came. The planner evaluates no check of the
-- table for it. Arguments: condition, largest number, model, domain.
CREATE FUNCTION allotment.hold_limit() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
SET constraint_exclusion = off AS $$
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

REVOKE ALL ON FUNCTION allotment.take_turn(), allotment.hold_limit(), allotment.count_rows(bigint),
    allotment.hand_over_quotas(text) FROM PUBLIC;

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
