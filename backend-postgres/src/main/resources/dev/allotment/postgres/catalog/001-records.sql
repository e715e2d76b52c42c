-- The records of the control plane. Texts sort by code point in every database, whatever its locale.

CREATE TABLE allotment.users (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    login text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    email text COLLATE "C",
    role text COLLATE "C" NOT NULL,
    active boolean NOT NULL,
    customer_id bigint NOT NULL,
    lang text COLLATE "C" NOT NULL,
    tz text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    last_login_at timestamptz,
    CONSTRAINT users_login_key UNIQUE (login)
);

CREATE TABLE allotment.credentials (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL,
    hash text COLLATE "C" NOT NULL,
    CONSTRAINT credentials_user_id_key UNIQUE (user_id)
);

CREATE TABLE allotment.customers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    email text COLLATE "C",
    active boolean NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE allotment.plans (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    summary text COLLATE "C",
    template_id bigint,
    server_id bigint,
    db_name_template text COLLATE "C",
    demo boolean NOT NULL,
    max_users integer NOT NULL,
    total_storage_limit integer NOT NULL,
    block_on_expiration boolean NOT NULL,
    block_on_storage_exceed boolean NOT NULL,
    expiration integer NOT NULL,
    grace_period integer NOT NULL,
    max_databases_per_customer integer NOT NULL,
    max_trial_databases_per_customer integer NOT NULL,
    lang text COLLATE "C" NOT NULL,
    tz text COLLATE "C" NOT NULL,
    sequence integer NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE allotment.servers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    active boolean NOT NULL,
    sequence integer NOT NULL,
    host text COLLATE "C" NOT NULL,
    odoo_version text COLLATE "C" NOT NULL,
    clients_host_template text COLLATE "C",
    created_at timestamptz NOT NULL,
    CONSTRAINT servers_name_key UNIQUE (name)
);

CREATE TABLE allotment.templates (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    uuid uuid NOT NULL,
    server_id bigint NOT NULL,
    state text COLLATE "C" NOT NULL,
    addons text COLLATE "C" NOT NULL,
    lang text COLLATE "C" NOT NULL,
    tz text COLLATE "C" NOT NULL,
    demo boolean NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT templates_name_key UNIQUE (name),
    CONSTRAINT templates_uuid_key UNIQUE (uuid)
);

CREATE TABLE allotment.tenants (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL,
    plan_id bigint,
    customer_id bigint,
    owner_id bigint,
    server_id bigint NOT NULL,
    trial boolean NOT NULL,
    expires_at timestamptz,
    max_users integer NOT NULL,
    users_count integer NOT NULL,
    total_storage_limit integer NOT NULL,
    database_size bigint NOT NULL,
    file_size bigint NOT NULL,
    block_on_expiration boolean NOT NULL,
    block_on_storage_exceed boolean NOT NULL,
    lang text COLLATE "C" NOT NULL,
    tz text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    deleted_at timestamptz,
    CONSTRAINT tenants_uuid_key UNIQUE (uuid)
);

CREATE TABLE allotment.held_names (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    holder uuid NOT NULL,
    until timestamptz,
    CONSTRAINT held_names_name_key UNIQUE (name)
);

CREATE TABLE allotment.operations (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid uuid NOT NULL,
    kind text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL,
    step text COLLATE "C" NOT NULL,
    tenant_id bigint,
    template_id bigint,
    idempotency_key text COLLATE "C",
    fingerprint text COLLATE "C",
    input text COLLATE "C" NOT NULL,
    error_code text COLLATE "C",
    error_message text COLLATE "C",
    node text COLLATE "C" NOT NULL,
    fence bigint NOT NULL,
    lease_until timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT operations_uuid_key UNIQUE (uuid),
    CONSTRAINT operations_idempotency_key_key UNIQUE (idempotency_key)
);

CREATE TABLE allotment.access_tokens (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash text COLLATE "C" NOT NULL,
    tenant_id bigint NOT NULL,
    member_id bigint NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT access_tokens_hash_key UNIQUE (hash)
);

CREATE TABLE allotment.sessions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash text COLLATE "C" NOT NULL,
    database text COLLATE "C" NOT NULL,
    user_id bigint NOT NULL,
    created_at timestamptz NOT NULL,
    used_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT sessions_hash_key UNIQUE (hash)
);

CREATE TABLE allotment.parameters (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text COLLATE "C" NOT NULL,
    value text COLLATE "C" NOT NULL,
    hidden boolean NOT NULL,
    CONSTRAINT parameters_key_key UNIQUE (key)
);

CREATE SEQUENCE allotment.tenant_number;

-- What is asked for besides the unique keys: a customer's databases, what a plan has, what is due.
CREATE INDEX users_by_customer ON allotment.users (customer_id);
CREATE INDEX tenants_by_customer ON allotment.tenants (customer_id);
CREATE INDEX tenants_by_plan ON allotment.tenants (plan_id);
CREATE INDEX tenants_by_name ON allotment.tenants (name);
CREATE INDEX tenants_by_expiry ON allotment.tenants (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX held_names_by_holder ON allotment.held_names (holder);
CREATE INDEX held_names_by_end ON allotment.held_names (until) WHERE until IS NOT NULL;
CREATE INDEX operations_by_state ON allotment.operations (state, lease_until);
CREATE INDEX operations_by_tenant ON allotment.operations (tenant_id);
CREATE INDEX access_tokens_by_end ON allotment.access_tokens (expires_at);
CREATE INDEX sessions_by_end ON allotment.sessions (expires_at);

-- Tells the databases of this control plane from those of another one on the same server: it is part of the names of
-- their roles. It stays with the catalog when that is dumped and restored elsewhere.
CREATE TABLE allotment.installation (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    id uuid NOT NULL DEFAULT gen_random_uuid()
);

INSERT INTO allotment.installation DEFAULT VALUES;
