-- Tells the databases of this control plane from those of another one on the same server: it is part of the names of
-- their roles. It stays with the catalog when that is dumped and restored elsewhere.
CREATE TABLE allotment.installation (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    id uuid NOT NULL DEFAULT gen_random_uuid()
);

INSERT INTO allotment.installation DEFAULT VALUES;
