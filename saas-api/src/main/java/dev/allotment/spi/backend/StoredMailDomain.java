// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.CustomerId;
import dev.allotment.Internal;
import dev.allotment.RecordField;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The row of a mail domain of a customer.
 *
 * @param id 0 before it is stored
 * @param customerId the customer; unique with the name
 * @param name in ASCII and lower case
 * @param token what the TXT record has to contain
 * @param verifiedName the name, unique; null: it is not verified
 * @param verifiedAt when it was verified; null: it is not
 * @param missed at how many checks in a row the record was missing
 * @param missingSince when it was first; null: it was there at the last check
 * @param nextCheckAt when the record is read again; null: never
 * @param createdAt when it was added
 */
public record StoredMailDomain(
        long id,
        CustomerId customerId,
        String name,
        String token,
        @Nullable String verifiedName,
        @Nullable Instant verifiedAt,
        int missed,
        @Nullable Instant missingSince,
        @Nullable Instant nextCheckAt,
        Instant createdAt) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<StoredMailDomain, Long> ID = RecordField.of("id");

    /** The field {@code customerId}, for filters and sort keys. */
    public static final RecordField<StoredMailDomain, CustomerId> CUSTOMER_ID = RecordField.of("customerId");

    /** The field {@code name}, for filters and sort keys. */
    public static final RecordField<StoredMailDomain, String> NAME = RecordField.of("name");

    /** The field {@code token}, for filters and sort keys. */
    public static final RecordField<StoredMailDomain, String> TOKEN = RecordField.of("token");

    /** The field {@code verifiedName}, for filters and sort keys. */
    public static final RecordField<StoredMailDomain, String> VERIFIED_NAME = RecordField.of("verifiedName");

    /** The field {@code verifiedAt}, for filters and sort keys. */
    public static final RecordField<StoredMailDomain, Instant> VERIFIED_AT = RecordField.of("verifiedAt");

    /** The field {@code missed}, for filters and sort keys. */
    public static final RecordField<StoredMailDomain, Integer> MISSED = RecordField.of("missed");

    /** The field {@code missingSince}, for filters and sort keys. */
    public static final RecordField<StoredMailDomain, Instant> MISSING_SINCE = RecordField.of("missingSince");

    /** The field {@code nextCheckAt}, for filters and sort keys. */
    public static final RecordField<StoredMailDomain, Instant> NEXT_CHECK_AT = RecordField.of("nextCheckAt");

    /** The field {@code createdAt}, for filters and sort keys. */
    public static final RecordField<StoredMailDomain, Instant> CREATED_AT = RecordField.of("createdAt");

    /** Creates a record from all its components. Only the core and {@link RecordType} do. */
    @Internal
    public StoredMailDomain {}

    /** Returns the same domain after its record was found. */
    public StoredMailDomain found(Instant now, Instant nextCheck) {
        return new StoredMailDomain(
                id,
                customerId,
                name,
                token,
                name,
                verifiedAt == null ? now : verifiedAt,
                0,
                null,
                nextCheck,
                createdAt);
    }

    /** Returns the same domain after its record was missing once more. */
    public StoredMailDomain missed(Instant now) {
        return new StoredMailDomain(
                id,
                customerId,
                name,
                token,
                verifiedName,
                verifiedAt,
                missed + 1,
                missingSince == null || missingSince.isAfter(now) ? now : missingSince,
                nextCheckAt,
                createdAt);
    }

    /** Returns the same domain, to be checked again at a time. */
    public StoredMailDomain checkedAgainAt(Instant time) {
        return new StoredMailDomain(
                id, customerId, name, token, verifiedName, verifiedAt, missed, missingSince, time, createdAt);
    }

    /** Returns the same domain, which is not verified any more. */
    public StoredMailDomain lapsed() {
        return new StoredMailDomain(id, customerId, name, token, null, null, 0, null, null, createdAt);
    }
}
