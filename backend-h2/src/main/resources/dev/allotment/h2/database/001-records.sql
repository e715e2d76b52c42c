-- readable from 1
-- What every client database has.

CREATE TABLE allotment.members (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    login varchar NOT NULL,
    name varchar NOT NULL,
    email varchar,
    active boolean NOT NULL,
    share boolean NOT NULL,
    owner boolean NOT NULL,
    lang varchar NOT NULL,
    tz varchar NOT NULL,
    created_at timestamp(6) with time zone NOT NULL,
    last_login_at timestamp(6) with time zone,
    CONSTRAINT members_login_key UNIQUE (login)
);

CREATE TABLE allotment.credentials (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL,
    hash varchar NOT NULL,
    CONSTRAINT credentials_user_id_key UNIQUE (user_id)
);

CREATE TABLE allotment.groups (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xml_id varchar NOT NULL,
    name varchar NOT NULL,
    addon varchar NOT NULL,
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
    name varchar NOT NULL,
    title varchar NOT NULL,
    installed boolean NOT NULL,
    installed_version varchar,
    latest_version varchar NOT NULL,
    CONSTRAINT addons_name_key UNIQUE (name)
);

CREATE TABLE allotment.record_limits (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    model varchar NOT NULL,
    domain varchar NOT NULL,
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
    "key" varchar NOT NULL,
    "value" varchar NOT NULL,
    hidden boolean NOT NULL,
    CONSTRAINT parameters_key_key UNIQUE ("key")
);

-- API keys of members. A key is found by the first digits of its secret.
CREATE TABLE allotment.api_keys (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    prefix varchar NOT NULL,
    hash varchar NOT NULL,
    database varchar NOT NULL,
    user_id bigint NOT NULL,
    name varchar NOT NULL,
    scope varchar NOT NULL,
    created_at timestamp(6) with time zone NOT NULL,
    expires_at timestamp(6) with time zone,
    last_used_at timestamp(6) with time zone,
    CONSTRAINT api_keys_hash_key UNIQUE (hash)
);

CREATE INDEX api_keys_by_prefix ON allotment.api_keys (prefix);
CREATE INDEX api_keys_by_user ON allotment.api_keys (user_id);
CREATE INDEX api_keys_by_end ON allotment.api_keys (expires_at);

-- Record quotas of the tables of the application: see H2RowQuotas.
CREATE TABLE allotment.row_limits (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    table_name varchar NOT NULL,
    condition varchar NOT NULL,
    -- Whether a row that is not in the table counts: its columns that are asked for are parameters, in the order of positions.
    probe varchar NOT NULL,
    positions integer ARRAY NOT NULL,
    max_rows integer NOT NULL,
    model varchar NOT NULL,
    domain varchar NOT NULL
);
