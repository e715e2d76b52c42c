-- What time does: the audit log and its listeners, spares, schedules; and the way back in.

CREATE TABLE allotment.events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid uuid NOT NULL,
    at timestamp(6) with time zone NOT NULL,
    type varchar NOT NULL,
    actor varchar NOT NULL,
    peer varchar,
    tenant_id bigint,
    user_id bigint,
    details varchar NOT NULL,
    CONSTRAINT events_uuid_key UNIQUE (uuid)
);

CREATE INDEX events_by_tenant ON allotment.events (tenant_id, id);

CREATE TABLE allotment.deliveries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id bigint NOT NULL,
    listener varchar NOT NULL,
    attempts integer NOT NULL,
    due_at timestamp(6) with time zone NOT NULL,
    last_error varchar,
    CONSTRAINT deliveries_event_id_listener_key UNIQUE (event_id, listener)
);

CREATE INDEX deliveries_by_due ON allotment.deliveries (due_at);

CREATE TABLE allotment.spares (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid uuid NOT NULL,
    name varchar NOT NULL,
    template_id bigint NOT NULL,
    server_id bigint NOT NULL,
    ready boolean NOT NULL,
    created_at timestamp(6) with time zone NOT NULL,
    CONSTRAINT spares_uuid_key UNIQUE (uuid),
    CONSTRAINT spares_name_key UNIQUE (name)
);

CREATE INDEX spares_by_template ON allotment.spares (template_id);

CREATE TABLE allotment.authorization_codes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash varchar NOT NULL,
    tenant_id bigint NOT NULL,
    member_id bigint NOT NULL,
    redirect_uri varchar NOT NULL,
    code_challenge varchar,
    expires_at timestamp(6) with time zone NOT NULL,
    CONSTRAINT authorization_codes_hash_key UNIQUE (hash)
);

CREATE TABLE allotment.password_resets (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash varchar NOT NULL,
    user_id bigint NOT NULL,
    expires_at timestamp(6) with time zone NOT NULL,
    CONSTRAINT password_resets_hash_key UNIQUE (hash)
);

CREATE INDEX authorization_codes_by_end ON allotment.authorization_codes (expires_at);
CREATE INDEX password_resets_by_end ON allotment.password_resets (expires_at);

ALTER TABLE allotment.tenants ADD COLUMN suspended_for varchar DEFAULT '[]' NOT NULL;
ALTER TABLE allotment.tenants ALTER COLUMN suspended_for DROP DEFAULT;
ALTER TABLE allotment.tenants ADD COLUMN notified_for timestamp(6) with time zone;
ALTER TABLE allotment.tenants ADD COLUMN next_check_at timestamp(6) with time zone;
ALTER TABLE allotment.tenants ADD COLUMN synced_at timestamp(6) with time zone;
CREATE INDEX tenants_by_next_check ON allotment.tenants (next_check_at);
CREATE INDEX tenants_by_sync ON allotment.tenants (synced_at);

ALTER TABLE allotment.operations ADD COLUMN started_by varchar DEFAULT 'host' NOT NULL;
ALTER TABLE allotment.operations ALTER COLUMN started_by DROP DEFAULT;
ALTER TABLE allotment.operations ADD COLUMN peer varchar;
ALTER TABLE allotment.operations ADD COLUMN percent integer DEFAULT 0 NOT NULL;
ALTER TABLE allotment.operations ALTER COLUMN percent DROP DEFAULT;
ALTER TABLE allotment.operations ADD COLUMN cancel_requested boolean DEFAULT false NOT NULL;
ALTER TABLE allotment.operations ALTER COLUMN cancel_requested DROP DEFAULT;

ALTER TABLE allotment.plans ADD COLUMN spares integer DEFAULT 0 NOT NULL;
ALTER TABLE allotment.plans ALTER COLUMN spares DROP DEFAULT;
