-- Servers of their own providers, and templates that exist on several servers and in several generations.

ALTER TABLE allotment.servers
    ADD COLUMN backend text COLLATE "C",
    ADD COLUMN settings text COLLATE "C" NOT NULL DEFAULT '{}',
    ADD COLUMN capacity integer NOT NULL DEFAULT 1000,
    ADD COLUMN weight integer NOT NULL DEFAULT 100,
    ADD COLUMN draining boolean NOT NULL DEFAULT false;
ALTER TABLE allotment.servers
    ALTER COLUMN settings DROP DEFAULT,
    ALTER COLUMN capacity DROP DEFAULT,
    ALTER COLUMN weight DROP DEFAULT,
    ALTER COLUMN draining DROP DEFAULT;

CREATE TABLE allotment.server_secrets (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    server_id bigint NOT NULL,
    sealed text COLLATE "C" NOT NULL,
    CONSTRAINT server_secrets_server_id_key UNIQUE (server_id)
);

ALTER TABLE allotment.templates
    ADD COLUMN family uuid,
    ADD COLUMN generation integer NOT NULL DEFAULT 1,
    ADD COLUMN hash text COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN versions text COLLATE "C" NOT NULL DEFAULT '[]';
UPDATE allotment.templates SET family = uuid;
ALTER TABLE allotment.templates
    ALTER COLUMN family SET NOT NULL,
    ALTER COLUMN generation DROP DEFAULT,
    ALTER COLUMN hash DROP DEFAULT,
    ALTER COLUMN versions DROP DEFAULT;

CREATE INDEX templates_by_family ON allotment.templates (family, generation);
CREATE INDEX tenants_by_server ON allotment.tenants (server_id, state);
CREATE INDEX tenants_by_plan_and_creation ON allotment.tenants (plan_id, created_at);
