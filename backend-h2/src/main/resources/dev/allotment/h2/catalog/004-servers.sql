-- Servers of their own providers, and templates that exist on several servers and in several generations.

ALTER TABLE allotment.servers ADD COLUMN backend varchar;
ALTER TABLE allotment.servers ADD COLUMN settings varchar DEFAULT '{}' NOT NULL;
ALTER TABLE allotment.servers ADD COLUMN capacity integer DEFAULT 1000 NOT NULL;
ALTER TABLE allotment.servers ADD COLUMN weight integer DEFAULT 100 NOT NULL;
ALTER TABLE allotment.servers ADD COLUMN draining boolean DEFAULT false NOT NULL;
ALTER TABLE allotment.servers ALTER COLUMN settings DROP DEFAULT;
ALTER TABLE allotment.servers ALTER COLUMN capacity DROP DEFAULT;
ALTER TABLE allotment.servers ALTER COLUMN weight DROP DEFAULT;
ALTER TABLE allotment.servers ALTER COLUMN draining DROP DEFAULT;

CREATE TABLE allotment.server_secrets (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    server_id bigint NOT NULL,
    sealed varchar NOT NULL,
    CONSTRAINT server_secrets_server_id_key UNIQUE (server_id)
);

ALTER TABLE allotment.templates ADD COLUMN family uuid;
ALTER TABLE allotment.templates ADD COLUMN generation integer DEFAULT 1 NOT NULL;
ALTER TABLE allotment.templates ADD COLUMN hash varchar DEFAULT '' NOT NULL;
ALTER TABLE allotment.templates ADD COLUMN versions varchar DEFAULT '[]' NOT NULL;
UPDATE allotment.templates SET family = uuid;
ALTER TABLE allotment.templates ALTER COLUMN family SET NOT NULL;
ALTER TABLE allotment.templates ALTER COLUMN generation DROP DEFAULT;
ALTER TABLE allotment.templates ALTER COLUMN hash DROP DEFAULT;
ALTER TABLE allotment.templates ALTER COLUMN versions DROP DEFAULT;

CREATE INDEX templates_by_family ON allotment.templates (family, generation);
CREATE INDEX tenants_by_server ON allotment.tenants (server_id, state);
CREATE INDEX tenants_by_plan_and_creation ON allotment.tenants (plan_id, created_at);
