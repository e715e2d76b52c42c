-- readable from 1
-- The records of the control plane. Texts sort by code point in every database, whatever its locale.
-- Besides the unique keys, indexes lead to what is asked for: what belongs to something, what is due, a page in order.

-- Accounts, and the customers that they act for.
CREATE TABLE allotment.users (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    login {text} NOT NULL,
    name {text} NOT NULL,
    email {text},
    role {text} NOT NULL,
    active boolean NOT NULL,
    customer_id bigint NOT NULL,
    lang {text} NOT NULL,
    tz {text} NOT NULL,
    created_at {time} NOT NULL,
    last_login_at {time},
    erasure_requested_at {time},
    CONSTRAINT users_login_key UNIQUE (login)
);

CREATE INDEX users_by_customer ON allotment.users (customer_id);
CREATE INDEX users_by_erasure_request ON allotment.users (erasure_requested_at) {where erasure_requested_at IS NOT NULL};

CREATE TABLE allotment.credentials (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL,
    hash {text} NOT NULL,
    CONSTRAINT credentials_user_id_key UNIQUE (user_id)
);

CREATE TABLE allotment.customers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name {text} NOT NULL,
    email {text},
    active boolean NOT NULL,
    created_at {time} NOT NULL,
    attributes {text} DEFAULT '{}' NOT NULL
);

-- What is sold, under which terms, and what it is made of.
CREATE TABLE allotment.plans (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name {text} NOT NULL,
    summary {text},
    template_id bigint,
    server_id bigint,
    db_name_template {text},
    demo boolean NOT NULL,
    max_users integer NOT NULL,
    storage_limit_mb integer NOT NULL,
    block_on_expiration boolean NOT NULL,
    block_on_storage_exceed boolean NOT NULL,
    trial_hours integer NOT NULL,
    grace_days integer NOT NULL,
    max_databases_per_customer integer NOT NULL,
    max_trial_databases_per_customer integer NOT NULL,
    lang {text} NOT NULL,
    tz {text} NOT NULL,
    sequence integer NOT NULL,
    created_at {time} NOT NULL,
    spares integer NOT NULL,
    published boolean NOT NULL,
    version integer NOT NULL,
    tags {text} NOT NULL,
    attributes {text} DEFAULT '{}' NOT NULL,
    backups {text},
    maintenance_window {text},
    backup_limit_mb integer DEFAULT 0 NOT NULL
);

CREATE TABLE allotment.plan_versions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    plan_id bigint NOT NULL,
    number integer NOT NULL,
    template_id bigint,
    addons {text} NOT NULL,
    max_users integer NOT NULL,
    storage_limit_mb integer NOT NULL,
    block_on_expiration boolean NOT NULL,
    block_on_storage_exceed boolean NOT NULL,
    trial_hours integer NOT NULL,
    grace_days integer NOT NULL,
    max_databases_per_customer integer NOT NULL,
    max_trial_databases_per_customer integer NOT NULL,
    created_at {time} NOT NULL,
    CONSTRAINT plan_versions_plan_id_number_key UNIQUE (plan_id, number)
);

CREATE TABLE allotment.templates (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name {text} NOT NULL,
    uuid uuid NOT NULL,
    server_id bigint NOT NULL,
    state {text} NOT NULL,
    addons {text} NOT NULL,
    lang {text} NOT NULL,
    tz {text} NOT NULL,
    demo boolean NOT NULL,
    created_at {time} NOT NULL,
    family uuid NOT NULL,
    version integer NOT NULL,
    hash {text} NOT NULL,
    versions {text} NOT NULL,
    schema_version {text},
    CONSTRAINT templates_name_key UNIQUE (name),
    CONSTRAINT templates_uuid_key UNIQUE (uuid)
);

CREATE INDEX templates_by_family ON allotment.templates (family, version);
CREATE INDEX templates_by_server ON allotment.templates (server_id);

-- Where client databases are.
CREATE TABLE allotment.servers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name {text} NOT NULL,
    active boolean NOT NULL,
    sequence integer NOT NULL,
    host {text} NOT NULL,
    odoo_version {text} NOT NULL,
    clients_host_template {text},
    created_at {time} NOT NULL,
    backend {text},
    settings {text} NOT NULL,
    capacity integer NOT NULL,
    weight integer NOT NULL,
    draining boolean NOT NULL,
    lost boolean DEFAULT false NOT NULL,
    labels {text} DEFAULT '{}' NOT NULL,
    source boolean DEFAULT false NOT NULL,
    CONSTRAINT servers_name_key UNIQUE (name)
);

CREATE TABLE allotment.server_secrets (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    server_id bigint NOT NULL,
    sealed {text} NOT NULL,
    CONSTRAINT server_secrets_server_id_key UNIQUE (server_id)
);

-- The client databases: what is known of them outside of them, their hosts and their names.
CREATE TABLE allotment.tenants (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid uuid NOT NULL,
    name {text} NOT NULL,
    state {text} NOT NULL,
    plan_id bigint,
    customer_id bigint,
    owner_id bigint,
    server_id bigint NOT NULL,
    trial boolean NOT NULL,
    expires_at {time},
    max_users integer NOT NULL,
    users_count integer NOT NULL,
    storage_limit_mb integer NOT NULL,
    database_size_bytes bigint NOT NULL,
    file_size_bytes bigint NOT NULL,
    block_on_expiration boolean NOT NULL,
    block_on_storage_exceed boolean NOT NULL,
    lang {text} NOT NULL,
    tz {text} NOT NULL,
    created_at {time} NOT NULL,
    deleted_at {time},
    suspended_for {text} NOT NULL,
    notified_for {time},
    next_check_at {time},
    synced_at {time},
    plan_version integer NOT NULL,
    tags {text} NOT NULL,
    retained_until {time},
    next_sync_at {time},
    schema_version {text},
    addon_versions {text},
    maintenance_window {text},
    attributes {text} DEFAULT '{}' NOT NULL,
    next_backup_at {time} DEFAULT TIMESTAMP WITH TIME ZONE '1970-01-01 00:00:00+00' NOT NULL,
    preview_of bigint,
    backup_size_bytes bigint DEFAULT 0 NOT NULL,
    active_millis bigint,
    active_read_at {time},
    daily_active_millis bigint,
    replacements bigint DEFAULT 0 NOT NULL,
    storage_exceeded boolean NOT NULL,
    CONSTRAINT tenants_uuid_key UNIQUE (uuid)
);

CREATE INDEX tenants_by_customer ON allotment.tenants (customer_id);
CREATE INDEX tenants_by_name ON allotment.tenants (name);
CREATE INDEX tenants_by_expiry ON allotment.tenants (expires_at) {where expires_at IS NOT NULL};
CREATE INDEX tenants_by_next_check ON allotment.tenants (next_check_at) {where next_check_at IS NOT NULL};
CREATE INDEX tenants_by_server ON allotment.tenants (server_id, state);
CREATE INDEX tenants_by_plan_and_creation ON allotment.tenants (plan_id, created_at);
CREATE INDEX tenants_by_owner ON allotment.tenants (owner_id);
CREATE INDEX tenants_by_next_sync ON allotment.tenants (next_sync_at) {where next_sync_at IS NOT NULL};
CREATE INDEX tenants_by_creation ON allotment.tenants (created_at, id);
CREATE INDEX tenants_by_next_backup ON allotment.tenants (plan_id, next_backup_at);
CREATE INDEX tenants_by_preview_of ON allotment.tenants (preview_of) {where preview_of IS NOT NULL};

-- Without a cache, since a killed process would lose the numbers that are in it.
CREATE SEQUENCE allotment.tenant_number CACHE 1;

CREATE TABLE allotment.reserved_names (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name {text} NOT NULL,
    holder uuid NOT NULL,
    until {time},
    CONSTRAINT reserved_names_name_key UNIQUE (name)
);

CREATE TABLE allotment.custom_domains (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    host {text} NOT NULL,
    tenant_id bigint NOT NULL,
    verified_at {time} NOT NULL,
    added_by {text} NOT NULL,
    CONSTRAINT custom_domains_host_key UNIQUE (host)
);

CREATE INDEX custom_domains_by_tenant ON allotment.custom_domains (tenant_id);

-- Actions of more than one step, under way and ended.
CREATE TABLE allotment.operations (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid uuid NOT NULL,
    kind {text} NOT NULL,
    state {text} NOT NULL,
    step {text} NOT NULL,
    tenant_id bigint,
    template_id bigint,
    idempotency_key {text},
    fingerprint {text},
    input {text} NOT NULL,
    error_code {text},
    error_message {text},
    node {text} NOT NULL,
    fencing_token bigint NOT NULL,
    lease_until {time} NOT NULL,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    started_by {text} NOT NULL,
    client_address {text},
    percent integer NOT NULL,
    cancel_requested boolean NOT NULL,
    attempts integer NOT NULL,
    result {text} NOT NULL,
    epoch bigint DEFAULT 1 NOT NULL,
    campaign bigint,
    other_tenant_id bigint,
    CONSTRAINT operations_uuid_key UNIQUE (uuid),
    CONSTRAINT operations_idempotency_key_key UNIQUE (idempotency_key)
);

CREATE INDEX operations_by_state ON allotment.operations (state, lease_until);
CREATE INDEX operations_by_tenant ON allotment.operations (tenant_id);
CREATE INDEX operations_by_starter ON allotment.operations (started_by, created_at);
CREATE INDEX operations_by_creation ON allotment.operations (created_at, id);
CREATE INDEX operations_by_campaign ON allotment.operations (campaign);
CREATE INDEX operations_by_other_tenant ON allotment.operations (other_tenant_id);

-- The nodes that work on the catalog, with what they can read: a migration waits for those that could not read its result.
CREATE TABLE allotment.nodes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name {text} NOT NULL,
    version {text} NOT NULL,
    schema_version integer NOT NULL,
    last_seen_at {time} NOT NULL,
    CONSTRAINT nodes_name_key UNIQUE (name)
);

-- Ready copies of templates.
CREATE TABLE allotment.spares (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid uuid NOT NULL,
    name {text} NOT NULL,
    template_id bigint NOT NULL,
    server_id bigint NOT NULL,
    ready boolean NOT NULL,
    created_at {time} NOT NULL,
    CONSTRAINT spares_uuid_key UNIQUE (uuid),
    CONSTRAINT spares_name_key UNIQUE (name)
);

CREATE INDEX spares_by_template ON allotment.spares (template_id);
CREATE INDEX spares_by_server ON allotment.spares (server_id);

-- Ways in.
CREATE TABLE allotment.access_tokens (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash {text} NOT NULL,
    tenant_id bigint NOT NULL,
    member_id bigint NOT NULL,
    expires_at {time} NOT NULL,
    CONSTRAINT access_tokens_hash_key UNIQUE (hash)
);

CREATE INDEX access_tokens_by_end ON allotment.access_tokens (expires_at);
CREATE INDEX access_tokens_by_tenant ON allotment.access_tokens (tenant_id);

CREATE TABLE allotment.authorization_codes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash {text} NOT NULL,
    tenant_id bigint NOT NULL,
    member_id bigint NOT NULL,
    redirect_uri {text} NOT NULL,
    code_challenge {text},
    expires_at {time} NOT NULL,
    CONSTRAINT authorization_codes_hash_key UNIQUE (hash)
);

CREATE INDEX authorization_codes_by_end ON allotment.authorization_codes (expires_at);
CREATE INDEX authorization_codes_by_tenant ON allotment.authorization_codes (tenant_id);

CREATE TABLE allotment.password_resets (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash {text} NOT NULL,
    user_id bigint NOT NULL,
    expires_at {time} NOT NULL,
    CONSTRAINT password_resets_hash_key UNIQUE (hash)
);

CREATE INDEX password_resets_by_end ON allotment.password_resets (expires_at);
CREATE INDEX password_resets_by_user ON allotment.password_resets (user_id);

CREATE TABLE allotment.sessions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash {text} NOT NULL,
    database {text} NOT NULL,
    user_id bigint NOT NULL,
    created_at {time} NOT NULL,
    used_at {time} NOT NULL,
    expires_at {time} NOT NULL,
    CONSTRAINT sessions_hash_key UNIQUE (hash)
);

CREATE INDEX sessions_by_end ON allotment.sessions (expires_at);
CREATE INDEX sessions_by_user ON allotment.sessions (database, user_id);

-- API keys of accounts. A key is found by the first digits of its secret.
CREATE TABLE allotment.api_keys (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    prefix {text} NOT NULL,
    hash {text} NOT NULL,
    database {text} NOT NULL,
    user_id bigint NOT NULL,
    name {text} NOT NULL,
    scope {text} NOT NULL,
    created_at {time} NOT NULL,
    expires_at {time},
    last_used_at {time},
    CONSTRAINT api_keys_hash_key UNIQUE (hash)
);

CREATE INDEX api_keys_by_prefix ON allotment.api_keys (prefix);
CREATE INDEX api_keys_by_user ON allotment.api_keys (user_id);
CREATE INDEX api_keys_by_end ON allotment.api_keys (expires_at);

-- The audit log, and whom it is still to be told.
CREATE TABLE allotment.events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid uuid NOT NULL,
    at {time} NOT NULL,
    type {text} NOT NULL,
    actor {text} NOT NULL,
    client_address {text},
    tenant_id bigint,
    user_id bigint,
    details {text} NOT NULL,
    CONSTRAINT events_uuid_key UNIQUE (uuid)
);

CREATE INDEX events_by_tenant ON allotment.events (tenant_id, id);
CREATE INDEX events_by_time ON allotment.events (at, id);
CREATE INDEX events_by_type_and_time ON allotment.events (type, at, id);

CREATE TABLE allotment.deliveries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id bigint NOT NULL,
    listener {text} NOT NULL,
    attempts integer NOT NULL,
    due_at {time} NOT NULL,
    last_error {text},
    CONSTRAINT deliveries_event_id_listener_key UNIQUE (event_id, listener)
);

CREATE INDEX deliveries_by_listener ON allotment.deliveries (listener, due_at);

-- When the newest scheduled backup of a tenant is to be restored as a drill.
CREATE TABLE allotment.drill_turns (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id bigint NOT NULL,
    next_at {time} NOT NULL,
    CONSTRAINT drill_turns_tenant_id_key UNIQUE (tenant_id)
);

CREATE INDEX drill_turns_by_time ON allotment.drill_turns (next_at);

-- What client databases used, by day.
CREATE TABLE allotment.usage (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id bigint NOT NULL,
    "day" {time} NOT NULL,
    name {text} NOT NULL,
    customer_id bigint,
    plan_id bigint,
    users integer NOT NULL,
    peak_users integer NOT NULL,
    database_size_bytes bigint NOT NULL,
    peak_database_size_bytes bigint NOT NULL,
    file_size_bytes bigint NOT NULL,
    peak_file_size_bytes bigint NOT NULL,
    backup_size_bytes bigint DEFAULT 0 NOT NULL,
    peak_backup_size_bytes bigint DEFAULT 0 NOT NULL,
    records {text} NOT NULL,
    read_at {time} NOT NULL,
    CONSTRAINT usage_tenant_id_day_key UNIQUE (tenant_id, "day")
);

CREATE INDEX usage_by_day ON allotment.usage ("day", id);
CREATE INDEX usage_by_customer ON allotment.usage (customer_id);

-- The parameters of the main database.
CREATE TABLE allotment.parameters (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "key" {text} NOT NULL,
    "value" {text} NOT NULL,
    hidden boolean NOT NULL,
    CONSTRAINT parameters_key_key UNIQUE ("key")
);
