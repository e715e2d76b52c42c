// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened: an entry of the audit log, which only grows, and what listeners are told. Stored in the
 * transaction that made it so.
 *
 * @param uuid the same at every delivery, so that a listener can tell a repeated one
 * @param actor the login of the account that did it; {@code host} for the host itself; for a user of a client database the login
 *     there, followed by {@code in} and its name
 * @param clientAddress the address that it came from; null: not known
 * @param userId the account that it is about
 * @param details values named at the {@link EventType}; never a secret
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

    public Event {
        details = Map.copyOf(details);
    }
}
