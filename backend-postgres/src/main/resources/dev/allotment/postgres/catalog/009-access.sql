-- Whatever lets an account in is found without a look at that of all others.

CREATE INDEX tenants_by_owner ON allotment.tenants (owner_id);
CREATE INDEX sessions_by_user ON allotment.sessions (database, user_id);
CREATE INDEX access_tokens_by_tenant ON allotment.access_tokens (tenant_id);
CREATE INDEX authorization_codes_by_tenant ON allotment.authorization_codes (tenant_id);
CREATE INDEX password_resets_by_user ON allotment.password_resets (user_id);
