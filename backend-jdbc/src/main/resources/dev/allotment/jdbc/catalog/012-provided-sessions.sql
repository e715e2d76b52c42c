-- readable from 1
-- Which sessions the identity provider of a customer has opened, and which teams need theirs.

ALTER TABLE allotment.sessions ADD COLUMN provider_id bigint;
ALTER TABLE allotment.identity_providers ADD COLUMN required boolean NOT NULL DEFAULT false;
