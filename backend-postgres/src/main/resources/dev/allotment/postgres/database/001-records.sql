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

CREATE INDEX memberships_by_member ON allotment.memberships (member_id);
