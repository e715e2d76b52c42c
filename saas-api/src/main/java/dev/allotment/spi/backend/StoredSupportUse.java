// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.Internal;
import dev.allotment.RecordField;
import dev.allotment.TenantId;
import dev.allotment.UserId;
import dev.allotment.access.MemberId;
import dev.allotment.support.SupportAccessId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The row of a use of a support access: first a link, then a session. It is not among the sessions and sign-in links,
 * so nothing that accepts those can take it for one.
 *
 * @param id 0 before it is stored
 * @param accessId the access
 * @param tenantId the tenant
 * @param operatorId the account of the operator
 * @param memberId the member whose view or rights the operator has
 * @param memberLogin the login of this member
 * @param replacements how often the database of the tenant had been replaced
 * @param hash SHA-256 of the secret of the link, and later of the session, in hexadecimal, unique
 * @param createdAt when the link was created
 * @param expiresAt when the link, or the session at the latest, expires
 * @param openedAt when the session was opened; null: it was not
 * @param usedAt when the session was last used; null: it was not opened
 * @param endedAt when it ended; null: it has not
 * @param logins the users at the database server that read for this session, separated by spaces; they are removed
 *     when it has ended
 */
public record StoredSupportUse(
        long id,
        SupportAccessId accessId,
        TenantId tenantId,
        UserId operatorId,
        MemberId memberId,
        String memberLogin,
        long replacements,
        String hash,
        Instant createdAt,
        Instant expiresAt,
        @Nullable Instant openedAt,
        @Nullable Instant usedAt,
        @Nullable Instant endedAt,
        String logins) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<StoredSupportUse, Long> ID = RecordField.of("id");

    /** The field {@code accessId}, for filters and sort keys. */
    public static final RecordField<StoredSupportUse, SupportAccessId> ACCESS_ID = RecordField.of("accessId");

    /** The field {@code tenantId}, for filters and sort keys. */
    public static final RecordField<StoredSupportUse, TenantId> TENANT_ID = RecordField.of("tenantId");

    /** The field {@code operatorId}, for filters and sort keys. */
    public static final RecordField<StoredSupportUse, UserId> OPERATOR_ID = RecordField.of("operatorId");

    /** The field {@code memberId}, for filters and sort keys. */
    public static final RecordField<StoredSupportUse, MemberId> MEMBER_ID = RecordField.of("memberId");

    /** The field {@code memberLogin}, for filters and sort keys. */
    public static final RecordField<StoredSupportUse, String> MEMBER_LOGIN = RecordField.of("memberLogin");

    /** The field {@code replacements}, for filters and sort keys. */
    public static final RecordField<StoredSupportUse, Long> REPLACEMENTS = RecordField.of("replacements");

    /** The field {@code hash}, for filters and sort keys. */
    public static final RecordField<StoredSupportUse, String> HASH = RecordField.of("hash");

    /** The field {@code createdAt}, for filters and sort keys. */
    public static final RecordField<StoredSupportUse, Instant> CREATED_AT = RecordField.of("createdAt");

    /** The field {@code expiresAt}, for filters and sort keys. */
    public static final RecordField<StoredSupportUse, Instant> EXPIRES_AT = RecordField.of("expiresAt");

    /** The field {@code openedAt}, for filters and sort keys. */
    public static final RecordField<StoredSupportUse, Instant> OPENED_AT = RecordField.of("openedAt");

    /** The field {@code usedAt}, for filters and sort keys. */
    public static final RecordField<StoredSupportUse, Instant> USED_AT = RecordField.of("usedAt");

    /** The field {@code endedAt}, for filters and sort keys. */
    public static final RecordField<StoredSupportUse, Instant> ENDED_AT = RecordField.of("endedAt");

    /** The field {@code logins}, for filters and sort keys. */
    public static final RecordField<StoredSupportUse, String> LOGINS = RecordField.of("logins");

    /** Creates a record from all its components. Only the core and {@link RecordType} do. */
    @Internal
    public StoredSupportUse {}

    /** Returns the same use as an open session with another secret. */
    public StoredSupportUse opened(String newHash, Instant now, Instant until) {
        return with(newHash, until, now, now, endedAt, logins);
    }

    /** Returns the same use after the session was used. */
    public StoredSupportUse withUsedAt(Instant now) {
        return with(hash, expiresAt, openedAt, now, endedAt, logins);
    }

    /** Returns the same use after it has ended. */
    public StoredSupportUse ended(Instant at) {
        return with(hash, expiresAt, openedAt, usedAt, at, logins);
    }

    /** Returns the same use with one more user at the database server. */
    public StoredSupportUse withLogin(String user) {
        return with(hash, expiresAt, openedAt, usedAt, endedAt, logins.isEmpty() ? user : logins + " " + user);
    }

    /** Returns the same use without users at the database server. */
    public StoredSupportUse withoutLogins() {
        return with(hash, expiresAt, openedAt, usedAt, endedAt, "");
    }

    private StoredSupportUse with(
            String newHash,
            Instant until,
            @Nullable Instant opened,
            @Nullable Instant used,
            @Nullable Instant ended,
            String users) {
        return new StoredSupportUse(
                id,
                accessId,
                tenantId,
                operatorId,
                memberId,
                memberLogin,
                replacements,
                newHash,
                createdAt,
                until,
                opened,
                used,
                ended,
                users);
    }
}
