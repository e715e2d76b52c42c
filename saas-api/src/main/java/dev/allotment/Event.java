// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the audit log, and what listeners receive: something that happened, stored in the transaction that made
 * it happen.
 *
 * <p>Immutable.
 *
 * @param id ascending in the order of storage
 * @param uuid the identity; the same at every delivery, so that a listener can recognise a repetition
 * @param at when it happened
 * @param type what happened
 * @param actor the login of the account that did it; {@code host} for the embedding program itself; for a member its
 *     login, {@code in}, and the name of the tenant
 * @param clientAddress the network address of the caller; null: not known
 * @param tenantId the tenant that it is about; null: none
 * @param userId the account that it is about; null: none
 * @param details values that the {@link EventType} names; never a secret
 */
public record Event(
        long id,
        UUID uuid,
        Instant at,
        EventType type,
        String actor,
        @Nullable String clientAddress,
        @Nullable TenantId tenantId,
        @Nullable UserId userId,
        Map<String, String> details) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<Event, Long> ID = RecordField.of("id");

    /** The field {@code uuid}, for filters and sort keys. */
    public static final RecordField<Event, UUID> UUID = RecordField.of("uuid");

    /** The field {@code at}, for filters and sort keys. */
    public static final RecordField<Event, Instant> AT = RecordField.of("at");

    /** The field {@code type}, for filters and sort keys. */
    public static final RecordField<Event, EventType> TYPE = RecordField.of("type");

    /** The field {@code actor}, for filters and sort keys. */
    public static final RecordField<Event, String> ACTOR = RecordField.of("actor");

    /** The field {@code clientAddress}, for filters and sort keys. */
    public static final RecordField<Event, String> CLIENT_ADDRESS = RecordField.of("clientAddress");

    /** The field {@code tenantId}, for filters and sort keys. */
    public static final RecordField<Event, TenantId> TENANT_ID = RecordField.of("tenantId");

    /** The field {@code userId}, for filters and sort keys. */
    public static final RecordField<Event, UserId> USER_ID = RecordField.of("userId");

    /** Creates a record from all its components. Use {@link #builder} instead. */
    @Internal
    public Event {
        details = Map.copyOf(details);
    }

    /** Starts a builder with the required parts. The builder methods name the defaults of the others. */
    public static Builder builder(UUID uuid, Instant at, EventType type) {
        return new Builder(uuid, at, type);
    }

    /** Starts a builder with the values of this record. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Collects the parts of {@link Event}. Not safe for use by several threads. */
    public static final class Builder {
        private long id;
        private UUID uuid;
        private Instant at;
        private EventType type;
        private String actor = "host";
        private @Nullable String clientAddress;
        private @Nullable TenantId tenantId;
        private @Nullable UserId userId;
        private Map<String, String> details = Map.of();

        private Builder(UUID uuid, Instant at, EventType type) {
            this.uuid = uuid;
            this.at = at;
            this.type = type;
        }

        private Builder(Event from) {
            id = from.id;
            uuid = from.uuid;
            at = from.at;
            type = from.type;
            actor = from.actor;
            clientAddress = from.clientAddress;
            tenantId = from.tenantId;
            userId = from.userId;
            details = from.details;
        }

        /** Sets {@link Event#id}: ascending in the order of storage. Default: 0. */
        public Builder id(long value) {
            id = value;
            return this;
        }

        /**
         * Sets {@link Event#uuid}: the identity; the same at every delivery, so that a listener can recognise a
         * repetition.
         */
        public Builder uuid(UUID value) {
            uuid = value;
            return this;
        }

        /** Sets {@link Event#at}: when it happened. */
        public Builder at(Instant value) {
            at = value;
            return this;
        }

        /** Sets {@link Event#type}: what happened. */
        public Builder type(EventType value) {
            type = value;
            return this;
        }

        /**
         * Sets {@link Event#actor}: the login of the account that did it; {@code host} for the embedding program
         * itself; for a member its login, {@code in}, and the name of the tenant. Default: {@code host}.
         */
        public Builder actor(String value) {
            actor = value;
            return this;
        }

        /** Sets {@link Event#clientAddress}: the network address of the caller; null: not known. Default: null. */
        public Builder clientAddress(@Nullable String value) {
            clientAddress = value;
            return this;
        }

        /** Sets {@link Event#tenantId}: the tenant that it is about; null: none. Default: null. */
        public Builder tenantId(@Nullable TenantId value) {
            tenantId = value;
            return this;
        }

        /** Sets {@link Event#userId}: the account that it is about; null: none. Default: null. */
        public Builder userId(@Nullable UserId value) {
            userId = value;
            return this;
        }

        /** Sets {@link Event#details}. Default: none. */
        public Builder details(Map<String, String> value) {
            details = value;
            return this;
        }

        /** Creates the record. */
        public Event build() {
            return new Event(id, uuid, at, type, actor, clientAddress, tenantId, userId, details);
        }
    }
}
