// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The proof that a deleted tenant's database is gone. It is stored in the audit log, which nothing changes.
 *
 * <p>Immutable.
 *
 * @param event the identity of the entry of the audit log
 * @param tenant the tenant
 * @param uuid the identity that the tenant had
 * @param name the last name of its database
 * @param server the name of its database server
 * @param requestedBy the login of the account that deleted it; {@code host} for the embedding program itself, which
 *     also deletes expired trials
 * @param requestedAt when the deletion was requested
 * @param verifiedAt when the server was checked and had nothing left of the tenant, or was found to be {@linkplain
 *     Servers#giveUp given up}
 * @param verified what the server was checked for, such as {@code database} and {@code login}; empty if the server
 *     had been given up and could not be checked
 * @param backup what the pre-deletion backup returned; null: no backup was made
 */
public record DeletionProof(
        UUID event,
        TenantId tenant,
        UUID uuid,
        String name,
        String server,
        String requestedBy,
        Instant requestedAt,
        Instant verifiedAt,
        List<String> verified,
        @Nullable String backup) {
    /** Creates a record from all its components. Use {@link #builder} instead. */
    @Internal
    public DeletionProof {
        verified = List.copyOf(verified);
    }

    /** Starts a builder with the required parts. The builder methods name the defaults of the others. */
    public static Builder builder(
            UUID event,
            TenantId tenant,
            UUID uuid,
            String name,
            String server,
            String requestedBy,
            Instant requestedAt,
            Instant verifiedAt) {
        return new Builder(event, tenant, uuid, name, server, requestedBy, requestedAt, verifiedAt);
    }

    /** Starts a builder with the values of this record. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Collects the parts of {@link DeletionProof}. Not safe for use by several threads. */
    public static final class Builder {
        private UUID event;
        private TenantId tenant;
        private UUID uuid;
        private String name;
        private String server;
        private String requestedBy;
        private Instant requestedAt;
        private Instant verifiedAt;
        private List<String> verified = List.of();
        private @Nullable String backup;

        private Builder(
                UUID event,
                TenantId tenant,
                UUID uuid,
                String name,
                String server,
                String requestedBy,
                Instant requestedAt,
                Instant verifiedAt) {
            this.event = event;
            this.tenant = tenant;
            this.uuid = uuid;
            this.name = name;
            this.server = server;
            this.requestedBy = requestedBy;
            this.requestedAt = requestedAt;
            this.verifiedAt = verifiedAt;
        }

        private Builder(DeletionProof from) {
            event = from.event;
            tenant = from.tenant;
            uuid = from.uuid;
            name = from.name;
            server = from.server;
            requestedBy = from.requestedBy;
            requestedAt = from.requestedAt;
            verifiedAt = from.verifiedAt;
            verified = from.verified;
            backup = from.backup;
        }

        /** Sets {@link DeletionProof#event}: the identity of the entry of the audit log. */
        public Builder event(UUID value) {
            event = value;
            return this;
        }

        /** Sets {@link DeletionProof#tenant}: the tenant. */
        public Builder tenant(TenantId value) {
            tenant = value;
            return this;
        }

        /** Sets {@link DeletionProof#uuid}: the identity that the tenant had. */
        public Builder uuid(UUID value) {
            uuid = value;
            return this;
        }

        /** Sets {@link DeletionProof#name}: the last name of its database. */
        public Builder name(String value) {
            name = value;
            return this;
        }

        /** Sets {@link DeletionProof#server}: the name of its database server. */
        public Builder server(String value) {
            server = value;
            return this;
        }

        /**
         * Sets {@link DeletionProof#requestedBy}: the login of the account that deleted it; {@code host} for the
         * embedding program itself, which also deletes expired trials.
         */
        public Builder requestedBy(String value) {
            requestedBy = value;
            return this;
        }

        /** Sets {@link DeletionProof#requestedAt}: when the deletion was requested. */
        public Builder requestedAt(Instant value) {
            requestedAt = value;
            return this;
        }

        /** Sets {@link DeletionProof#verifiedAt}. */
        public Builder verifiedAt(Instant value) {
            verifiedAt = value;
            return this;
        }

        /**
         * Sets {@link DeletionProof#verified}: what the server was checked for, such as {@code database} and {@code
         * login}; empty if the server had been given up and could not be checked. Default: none.
         */
        public Builder verified(List<String> value) {
            verified = value;
            return this;
        }

        /**
         * Sets {@link DeletionProof#backup}: what the pre-deletion backup returned; null: no backup was made. Default:
         * null.
         */
        public Builder backup(@Nullable String value) {
            backup = value;
            return this;
        }

        /** Creates the record. */
        public DeletionProof build() {
            return new DeletionProof(
                    event, tenant, uuid, name, server, requestedBy, requestedAt, verifiedAt, verified, backup);
        }
    }
}
