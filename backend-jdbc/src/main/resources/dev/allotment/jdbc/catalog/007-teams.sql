-- readable from 1
-- Which accounts act for which customers, in which roles, and the invitations to them.

CREATE TABLE allotment.team_members (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL,
    user_id bigint NOT NULL,
    role {text} NOT NULL,
    tenants {text} NOT NULL,
    since {time} NOT NULL,
    CONSTRAINT team_members_customer_id_user_id_key UNIQUE (customer_id, user_id)
);

CREATE INDEX team_members_by_user ON allotment.team_members (user_id);

CREATE TABLE allotment.team_invitations (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL,
    email {text} NOT NULL,
    role {text} NOT NULL,
    tenants {text} NOT NULL,
    hash {text} NOT NULL,
    state {text} NOT NULL,
    sent integer NOT NULL,
    invited_by bigint,
    created_at {time} NOT NULL,
    days integer NOT NULL,
    expires_at {time} NOT NULL,
    CONSTRAINT team_invitations_hash_key UNIQUE (hash)
);

CREATE INDEX team_invitations_by_customer ON allotment.team_invitations (customer_id, email);
CREATE INDEX team_invitations_by_time ON allotment.team_invitations (expires_at);

ALTER TABLE allotment.sessions ADD COLUMN customer_id bigint;

-- The first account of a customer is its owner. An account keeps its rights on databases and gets no others: if
-- databases of its customer belong to another account or to none, its role applies to its own ones only. An account
-- without databases could see all of them and change none.
INSERT INTO allotment.team_members (customer_id, user_id, role, tenants, since)
SELECT
    u.customer_id,
    u.id,
    CASE
        WHEN u.id = (
            SELECT min(f.id) FROM allotment.users f
            WHERE f.customer_id = u.customer_id AND (f.active OR NOT EXISTS (
                SELECT 1 FROM allotment.users a WHERE a.customer_id = u.customer_id AND a.active))
        ) THEN 'OWNER'
        WHEN EXISTS (
            SELECT 1 FROM allotment.tenants t WHERE t.customer_id = u.customer_id AND t.owner_id = u.id
        ) THEN 'MEMBER'
        ELSE 'READER'
    END,
    CASE
        WHEN u.id <> (
            SELECT min(f.id) FROM allotment.users f
            WHERE f.customer_id = u.customer_id AND (f.active OR NOT EXISTS (
                SELECT 1 FROM allotment.users a WHERE a.customer_id = u.customer_id AND a.active))
        ) AND NOT EXISTS (
            SELECT 1 FROM allotment.tenants t WHERE t.customer_id = u.customer_id AND t.owner_id = u.id
        ) THEN 'all'
        WHEN EXISTS (
            SELECT 1 FROM allotment.tenants t
            WHERE t.customer_id = u.customer_id AND (t.owner_id IS NULL OR t.owner_id <> u.id)
        ) THEN ''
        ELSE 'all'
    END,
    u.created_at
FROM allotment.users u
ORDER BY u.id;
