-- The records of the control plane.

CREATE TABLE allotment.users (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    login varchar NOT NULL,
    name varchar NOT NULL,
    email varchar,
    role varchar NOT NULL,
    active boolean NOT NULL,
    customer_id bigint NOT NULL,
    lang varchar NOT NULL,
    tz varchar NOT NULL,
    created_at timestamp(6) with time zone NOT NULL,
    last_login_at timestamp(6) with time zone,
    CONSTRAINT users_login_key UNIQUE (login)
);

CREATE TABLE allotment.credentials (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL,
    hash varchar NOT NULL,
    CONSTRAINT credentials_user_id_key UNIQUE (user_id)
);

CREATE TABLE allotment.customers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name varchar NOT NULL,
    email varchar,
    active boolean NOT NULL,
    created_at timestamp(6) with time zone NOT NULL
);

CREATE TABLE allotment.plans (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name varchar NOT NULL,
    summary varchar,
    template_id bigint,
    server_id bigint,
    db_name_template varchar,
    demo boolean NOT NULL,
    max_users integer NOT NULL,
    total_storage_limit integer NOT NULL,
    block_on_expiration boolean NOT NULL,
    block_on_storage_exceed boolean NOT NULL,
    expiration integer NOT NULL,
    grace_period integer NOT NULL,
    max_databases_per_customer integer NOT NULL,
    max_trial_databases_per_customer integer NOT NULL,
    lang varchar NOT NULL,
    tz varchar NOT NULL,
    sequence integer NOT NULL,
    created_at timestamp(6) with time zone NOT NULL
);

CREATE TABLE allotment.servers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name varchar NOT NULL,
    active boolean NOT NULL,
    sequence integer NOT NULL,
    host varchar NOT NULL,
    odoo_version varchar NOT NULL,
    clients_host_template varchar,
    created_at timestamp(6) with time zone NOT NULL,
    CONSTRAINT servers_name_key UNIQUE (name)
);

CREATE TABLE allotment.templates (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name varchar NOT NULL,
    uuid uuid NOT NULL,
    server_id bigint NOT NULL,
    state varchar NOT NULL,
    addons varchar NOT NULL,
    lang varchar NOT NULL,
    tz varchar NOT NULL,
    demo boolean NOT NULL,
    created_at timestamp(6) with time zone NOT NULL,
    CONSTRAINT templates_name_key UNIQUE (name),
    CONSTRAINT templates_uuid_key UNIQUE (uuid)
);

CREATE TABLE allotment.tenants (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid uuid NOT NULL,
    name varchar NOT NULL,
    state varchar NOT NULL,
    plan_id bigint,
    customer_id bigint,
    owner_id bigint,
    server_id bigint NOT NULL,
    trial boolean NOT NULL,
    expires_at timestamp(6) with time zone,
    max_users integer NOT NULL,
    users_count integer NOT NULL,
    total_storage_limit integer NOT NULL,
    database_size bigint NOT NULL,
    file_size bigint NOT NULL,
    block_on_expiration boolean NOT NULL,
    block_on_storage_exceed boolean NOT NULL,
    lang varchar NOT NULL,
    tz varchar NOT NULL,
    created_at timestamp(6) with time zone NOT NULL,
    deleted_at timestamp(6) with time zone,
    CONSTRAINT tenants_uuid_key UNIQUE (uuid)
);

CREATE TABLE allotment.held_names (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name varchar NOT NULL,
    holder uuid NOT NULL,
    until timestamp(6) with time zone,
    CONSTRAINT held_names_name_key UNIQUE (name)
);

CREATE TABLE allotment.operations (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid uuid NOT NULL,
    kind varchar NOT NULL,
    state varchar NOT NULL,
    step varchar NOT NULL,
    tenant_id bigint,
    template_id bigint,
    idempotency_key varchar,
    fingerprint varchar,
    input varchar NOT NULL,
    error_code varchar,
    error_message varchar,
    node varchar NOT NULL,
    fence bigint NOT NULL,
    lease_until timestamp(6) with time zone NOT NULL,
    created_at timestamp(6) with time zone NOT NULL,
    updated_at timestamp(6) with time zone NOT NULL,
    CONSTRAINT operations_uuid_key UNIQUE (uuid),
    CONSTRAINT operations_idempotency_key_key UNIQUE (idempotency_key)
);

CREATE TABLE allotment.access_tokens (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash varchar NOT NULL,
    tenant_id bigint NOT NULL,
    member_id bigint NOT NULL,
    expires_at timestamp(6) with time zone NOT NULL,
    CONSTRAINT access_tokens_hash_key UNIQUE (hash)
);

CREATE TABLE allotment.sessions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash varchar NOT NULL,
    database varchar NOT NULL,
    user_id bigint NOT NULL,
    created_at timestamp(6) with time zone NOT NULL,
    used_at timestamp(6) with time zone NOT NULL,
    expires_at timestamp(6) with time zone NOT NULL,
    CONSTRAINT sessions_hash_key UNIQUE (hash)
);

CREATE TABLE allotment.parameters (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "key" varchar NOT NULL,
    "value" varchar NOT NULL,
    hidden boolean NOT NULL,
    CONSTRAINT parameters_key_key UNIQUE ("key")
);

-- Without a cache, since a killed process would lose the numbers that are in it.
CREATE SEQUENCE allotment.tenant_number NO CACHE;

-- What is asked for besides the unique keys: a customer's databases, what a plan has, what is due.
CREATE INDEX users_by_customer ON allotment.users (customer_id);
CREATE INDEX tenants_by_customer ON allotment.tenants (customer_id);
CREATE INDEX tenants_by_plan ON allotment.tenants (plan_id);
CREATE INDEX tenants_by_name ON allotment.tenants (name);
CREATE INDEX tenants_by_expiry ON allotment.tenants (expires_at);
CREATE INDEX held_names_by_holder ON allotment.held_names (holder);
CREATE INDEX held_names_by_end ON allotment.held_names (until);
CREATE INDEX operations_by_state ON allotment.operations (state, lease_until);
CREATE INDEX operations_by_tenant ON allotment.operations (tenant_id);
CREATE INDEX access_tokens_by_end ON allotment.access_tokens (expires_at);
CREATE INDEX sessions_by_end ON allotment.sessions (expires_at);
