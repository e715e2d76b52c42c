-- readable from 1
-- The brand that is applied, drafts of administrators, and their images and fonts.

CREATE TABLE allotment.brands (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    scope {text} NOT NULL,
    revision integer NOT NULL,
    based_on {text} NOT NULL,
    content {text} NOT NULL,
    changed_at {time} NOT NULL,
    CONSTRAINT brands_scope_key UNIQUE (scope)
);

CREATE TABLE allotment.brand_files (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash {text} NOT NULL,
    content {text} NOT NULL,
    published boolean NOT NULL,
    unused_since {time},
    CONSTRAINT brand_files_hash_key UNIQUE (hash)
);
