-- Plans over time, tags, and what is kept of deleted client databases.

CREATE TABLE allotment.plan_versions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    plan_id bigint NOT NULL,
    number integer NOT NULL,
    template_id bigint,
    addons varchar NOT NULL,
    max_users integer NOT NULL,
    total_storage_limit integer NOT NULL,
    block_on_expiration boolean NOT NULL,
    block_on_storage_exceed boolean NOT NULL,
    expiration integer NOT NULL,
    grace_period integer NOT NULL,
    max_databases_per_customer integer NOT NULL,
    max_trial_databases_per_customer integer NOT NULL,
    created_at timestamp(6) with time zone NOT NULL,
    CONSTRAINT plan_versions_plan_id_number_key UNIQUE (plan_id, number)
);

-- Plans that were there before have been sold under the terms that they have now.
INSERT INTO allotment.plan_versions (
    plan_id, number, template_id, addons, max_users, total_storage_limit, block_on_expiration, block_on_storage_exceed,
    expiration, grace_period, max_databases_per_customer, max_trial_databases_per_customer, created_at)
SELECT
    p.id, 1, p.template_id, coalesce(t.addons, '[]'), p.max_users, p.total_storage_limit, p.block_on_expiration,
    p.block_on_storage_exceed, p.expiration, p.grace_period, p.max_databases_per_customer,
    p.max_trial_databases_per_customer, p.created_at
FROM allotment.plans p LEFT JOIN allotment.templates t ON t.id = p.template_id
ORDER BY p.id;

ALTER TABLE allotment.plans ADD COLUMN version integer DEFAULT 1 NOT NULL;
ALTER TABLE allotment.plans ALTER COLUMN version DROP DEFAULT;
ALTER TABLE allotment.plans ADD COLUMN tags varchar DEFAULT '[]' NOT NULL;
ALTER TABLE allotment.plans ALTER COLUMN tags DROP DEFAULT;

ALTER TABLE allotment.tenants ADD COLUMN plan_version integer DEFAULT 0 NOT NULL;
ALTER TABLE allotment.tenants ALTER COLUMN plan_version DROP DEFAULT;
UPDATE allotment.tenants SET plan_version = 1 WHERE plan_id IS NOT NULL;
ALTER TABLE allotment.tenants ADD COLUMN tags varchar DEFAULT '[]' NOT NULL;
ALTER TABLE allotment.tenants ALTER COLUMN tags DROP DEFAULT;
ALTER TABLE allotment.tenants ADD COLUMN retained_until timestamp(6) with time zone;

CREATE TABLE allotment.aliases (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    host varchar NOT NULL,
    tenant_id bigint NOT NULL,
    verified_at timestamp(6) with time zone NOT NULL,
    added_by varchar NOT NULL,
    CONSTRAINT aliases_host_key UNIQUE (host)
);

CREATE INDEX aliases_by_tenant ON allotment.aliases (tenant_id);
