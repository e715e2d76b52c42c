-- What time does: the audit log and its listeners, spares, schedules; and the way back in.

CREATE TABLE allotment.events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid uuid NOT NULL,
    at timestamptz NOT NULL,
    type text COLLATE "C" NOT NULL,
    actor text COLLATE "C" NOT NULL,
    peer text COLLATE "C",
    tenant_id bigint,
    user_id bigint,
    details text COLLATE "C" NOT NULL,
    CONSTRAINT events_uuid_key UNIQUE (uuid)
);

CREATE INDEX events_by_tenant ON allotment.events (tenant_id, id);

CREATE TABLE allotment.deliveries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id bigint NOT NULL,
    listener text COLLATE "C" NOT NULL,
    attempts integer NOT NULL,
    due_at timestamptz NOT NULL,
    last_error text COLLATE "C",
    CONSTRAINT deliveries_event_id_listener_key UNIQUE (event_id, listener)
);

CREATE INDEX deliveries_by_due ON allotment.deliveries (due_at);

CREATE TABLE allotment.spares (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    template_id bigint NOT NULL,
    server_id bigint NOT NULL,
    ready boolean NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT spares_uuid_key UNIQUE (uuid),
    CONSTRAINT spares_name_key UNIQUE (name)
);

CREATE INDEX spares_by_template ON allotment.spares (template_id);

CREATE TABLE allotment.authorization_codes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash text COLLATE "C" NOT NULL,
    tenant_id bigint NOT NULL,
    member_id bigint NOT NULL,
    redirect_uri text COLLATE "C" NOT NULL,
    code_challenge text COLLATE "C",
    expires_at timestamptz NOT NULL,
    CONSTRAINT authorization_codes_hash_key UNIQUE (hash)
);

CREATE TABLE allotment.password_resets (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash text COLLATE "C" NOT NULL,
    user_id bigint NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT password_resets_hash_key UNIQUE (hash)
);

CREATE INDEX authorization_codes_by_end ON allotment.authorization_codes (expires_at);
CREATE INDEX password_resets_by_end ON allotment.password_resets (expires_at);

ALTER TABLE allotment.tenants ADD COLUMN suspended_for text COLLATE "C" DEFAULT '[]' NOT NULL;
ALTER TABLE allotment.tenants ALTER COLUMN suspended_for DROP DEFAULT;
ALTER TABLE allotment.tenants ADD COLUMN notified_for timestamptz;
ALTER TABLE allotment.tenants ADD COLUMN next_check_at timestamptz;
ALTER TABLE allotment.tenants ADD COLUMN synced_at timestamptz;
CREATE INDEX tenants_by_next_check ON allotment.tenants (next_check_at) WHERE next_check_at IS NOT NULL;
CREATE INDEX tenants_by_sync ON allotment.tenants (synced_at);

ALTER TABLE allotment.operations ADD COLUMN started_by text COLLATE "C" DEFAULT 'host' NOT NULL;
ALTER TABLE allotment.operations ALTER COLUMN started_by DROP DEFAULT;
ALTER TABLE allotment.operations ADD COLUMN peer text COLLATE "C";
ALTER TABLE allotment.operations ADD COLUMN percent integer DEFAULT 0 NOT NULL;
ALTER TABLE allotment.operations ALTER COLUMN percent DROP DEFAULT;
ALTER TABLE allotment.operations ADD COLUMN cancel_requested boolean DEFAULT false NOT NULL;
ALTER TABLE allotment.operations ALTER COLUMN cancel_requested DROP DEFAULT;

ALTER TABLE allotment.plans ADD COLUMN spares integer DEFAULT 0 NOT NULL;
ALTER TABLE allotment.plans ALTER COLUMN spares DROP DEFAULT;
