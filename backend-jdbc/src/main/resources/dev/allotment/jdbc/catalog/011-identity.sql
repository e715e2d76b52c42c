-- readable from 1
-- The identity providers of the installation and of customers, and the accounts that they sign in to.

CREATE TABLE allotment.identity_providers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint,
    name {text} NOT NULL,
    issuer {text} NOT NULL,
    client_id {text} NOT NULL,
    active boolean NOT NULL,
    new_accounts {text},
    created_at {time} NOT NULL
);

CREATE INDEX identity_providers_by_customer ON allotment.identity_providers (customer_id);

CREATE TABLE allotment.provider_secrets (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider_id bigint NOT NULL,
    sealed {text} NOT NULL,
    CONSTRAINT provider_secrets_provider_id_key UNIQUE (provider_id)
);

CREATE TABLE allotment.provided_identities (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider_id bigint NOT NULL,
    subject {text} NOT NULL,
    user_id bigint NOT NULL,
    email {text},
    created_at {time} NOT NULL,
    last_used_at {time},
    CONSTRAINT provided_identities_provider_id_subject_key UNIQUE (provider_id, subject)
);

CREATE INDEX provided_identities_by_user ON allotment.provided_identities (user_id);
