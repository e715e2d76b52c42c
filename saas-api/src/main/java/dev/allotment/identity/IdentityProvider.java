// SPDX-License-Identifier: Apache-2.0
package dev.allotment.identity;

import dev.allotment.CustomerId;
import dev.allotment.Internal;
import dev.allotment.RecordField;
import dev.allotment.TeamRole;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A provider with which people sign in by OpenID Connect: {@code IdentityProvider.builder("Example Ltd",
 * "https://login.example.com", "allotment").customerId(customer).build()}.
 *
 * <p>Immutable. The {@link RecordField} constants name the fields for filters and sort keys.
 *
 * @param id 0 before the provider is stored
 * @param customerId the customer whose team signs in with it; null: it is for everyone, and managed by administrators
 * @param name what people see on the button
 * @param issuer the address that identifies the provider, exactly as it names itself
 * @param clientId how the provider names this installation
 * @param active whether people can sign in with it
 * @param newAccounts the role with which people get an account at their first sign-in; null: they get none. For
 *     everyone, the only role is {@link TeamRole#OWNER}: a person gets an account with its own customer. With a
 *     provider of a customer, people whose address is in one of its {@link MailDomains} get an account in its team, in
 *     any other role
 * @param createdAt when it was created; set by the control plane
 * @param required whether members of the team who are not owners can act for the customer only in sessions that one of
 *     its providers has opened; only for active providers of a customer. API keys for the customer are not affected
 */
public record IdentityProvider(
        IdentityProviderId id,
        @Nullable CustomerId customerId,
        String name,
        String issuer,
        String clientId,
        boolean active,
        @Nullable TeamRole newAccounts,
        Instant createdAt,
        boolean required) {
    public static final RecordField<IdentityProvider, IdentityProviderId> ID = RecordField.of("id");
    public static final RecordField<IdentityProvider, CustomerId> CUSTOMER_ID = RecordField.of("customerId");
    public static final RecordField<IdentityProvider, String> NAME = RecordField.of("name");
    public static final RecordField<IdentityProvider, String> ISSUER = RecordField.of("issuer");
    public static final RecordField<IdentityProvider, String> CLIENT_ID = RecordField.of("clientId");
    public static final RecordField<IdentityProvider, Boolean> ACTIVE = RecordField.of("active");
    public static final RecordField<IdentityProvider, TeamRole> NEW_ACCOUNTS = RecordField.of("newAccounts");
    public static final RecordField<IdentityProvider, Instant> CREATED_AT = RecordField.of("createdAt");
    public static final RecordField<IdentityProvider, Boolean> REQUIRED = RecordField.of("required");

    /** Creates a record from all its components. Use {@link #builder} instead. */
    @Internal
    public IdentityProvider {}

    /** Starts a builder with the required parts. The builder methods name the defaults of the others. */
    public static Builder builder(String name, String issuer, String clientId) {
        return new Builder(name, issuer, clientId);
    }

    /** Starts a builder with the values of this record. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Collects the parts of {@link IdentityProvider}. Not safe for use by several threads. */
    public static final class Builder {
        private IdentityProviderId id = new IdentityProviderId(0);
        private @Nullable CustomerId customerId;
        private String name;
        private String issuer;
        private String clientId;
        private boolean active = true;
        private @Nullable TeamRole newAccounts;
        private boolean required;
        private Instant createdAt = Instant.EPOCH;

        private Builder(String name, String issuer, String clientId) {
            this.name = Objects.requireNonNull(name, "name");
            this.issuer = Objects.requireNonNull(issuer, "issuer");
            this.clientId = Objects.requireNonNull(clientId, "clientId");
        }

        private Builder(IdentityProvider from) {
            id = from.id;
            customerId = from.customerId;
            name = from.name;
            issuer = from.issuer;
            clientId = from.clientId;
            active = from.active;
            newAccounts = from.newAccounts;
            required = from.required;
            createdAt = from.createdAt;
        }

        /** Sets {@link IdentityProvider#id}. Default: 0. */
        public Builder id(IdentityProviderId value) {
            id = value;
            return this;
        }

        /** Sets {@link IdentityProvider#customerId}. Default: null. */
        public Builder customerId(@Nullable CustomerId value) {
            customerId = value;
            return this;
        }

        /** Sets {@link IdentityProvider#name}. */
        public Builder name(String value) {
            name = value;
            return this;
        }

        /** Sets {@link IdentityProvider#issuer}. */
        public Builder issuer(String value) {
            issuer = value;
            return this;
        }

        /** Sets {@link IdentityProvider#clientId}. */
        public Builder clientId(String value) {
            clientId = value;
            return this;
        }

        /** Sets {@link IdentityProvider#active}. Default: true. */
        public Builder active(boolean value) {
            active = value;
            return this;
        }

        /** Sets {@link IdentityProvider#newAccounts}. Default: null. */
        public Builder newAccounts(@Nullable TeamRole value) {
            newAccounts = value;
            return this;
        }

        /** Sets {@link IdentityProvider#required}. Default: false. */
        public Builder required(boolean value) {
            required = value;
            return this;
        }

        /** Sets {@link IdentityProvider#createdAt}. Default: the epoch. */
        public Builder createdAt(Instant value) {
            createdAt = value;
            return this;
        }

        /** Returns the record. */
        public IdentityProvider build() {
            return new IdentityProvider(
                    id, customerId, name, issuer, clientId, active, newAccounts, createdAt, required);
        }
    }
}
