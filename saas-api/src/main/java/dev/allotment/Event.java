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
 * <p>Immutable. The {@link RecordField} constants name the fields for filters and sort keys.
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
    public static final RecordField<Event, Long> ID = RecordField.of("id");
    public static final RecordField<Event, UUID> UUID = RecordField.of("uuid");
    public static final RecordField<Event, Instant> AT = RecordField.of("at");
    public static final RecordField<Event, EventType> TYPE = RecordField.of("type");
    public static final RecordField<Event, String> ACTOR = RecordField.of("actor");
    public static final RecordField<Event, String> CLIENT_ADDRESS = RecordField.of("clientAddress");
    public static final RecordField<Event, TenantId> TENANT_ID = RecordField.of("tenantId");
    public static final RecordField<Event, UserId> USER_ID = RecordField.of("userId");

    /** Creates a record from all its components. Only the control plane creates one. */
    @Internal
    public Event {
        details = Map.copyOf(details);
    }
}
