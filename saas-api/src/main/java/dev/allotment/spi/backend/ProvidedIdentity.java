// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.Internal;
import dev.allotment.RecordField;
import dev.allotment.UserId;
import dev.allotment.identity.IdentityProviderId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The row of a person at an identity provider, and the account that the person signs in to.
 *
 * @param id 0 before it is stored
 * @param providerId the provider; unique with the subject
 * @param subject what the provider calls the person
 * @param userId the account
 * @param email as the provider named it last; null: it did not. It identifies no account
 * @param createdAt when the account was linked
 * @param lastUsedAt when it last signed in; null: never
 */
public record ProvidedIdentity(
        long id,
        IdentityProviderId providerId,
        String subject,
        UserId userId,
        @Nullable String email,
        Instant createdAt,
        @Nullable Instant lastUsedAt) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<ProvidedIdentity, Long> ID = RecordField.of("id");

    /** The field {@code providerId}, for filters and sort keys. */
    public static final RecordField<ProvidedIdentity, IdentityProviderId> PROVIDER_ID = RecordField.of("providerId");

    /** The field {@code subject}, for filters and sort keys. */
    public static final RecordField<ProvidedIdentity, String> SUBJECT = RecordField.of("subject");

    /** The field {@code userId}, for filters and sort keys. */
    public static final RecordField<ProvidedIdentity, UserId> USER_ID = RecordField.of("userId");

    /** The field {@code email}, for filters and sort keys. */
    public static final RecordField<ProvidedIdentity, String> EMAIL = RecordField.of("email");

    /** The field {@code createdAt}, for filters and sort keys. */
    public static final RecordField<ProvidedIdentity, Instant> CREATED_AT = RecordField.of("createdAt");

    /** The field {@code lastUsedAt}, for filters and sort keys. */
    public static final RecordField<ProvidedIdentity, Instant> LAST_USED_AT = RecordField.of("lastUsedAt");

    /** Creates a record from all its components. Only the core and {@link RecordType} do. */
    @Internal
    public ProvidedIdentity {}

    /** Returns the same identity after it has signed in. */
    public ProvidedIdentity usedAt(Instant time, @Nullable String newEmail) {
        return new ProvidedIdentity(id, providerId, subject, userId, newEmail, createdAt, time);
    }
}
