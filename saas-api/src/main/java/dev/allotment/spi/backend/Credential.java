// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.RecordField;

/**
 * The hashed password of an account (in the catalog) or of a member (in a tenant database).
 *
 * @param id 0 before it is stored
 * @param userId the id of the account or member, unique
 * @param hash in passlib's format {@code $pbkdf2-sha512$iterations$salt$checksum}
 */
public record Credential(long id, long userId, String hash) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<Credential, Long> ID = RecordField.of("id");

    /** The field {@code userId}, for filters and sort keys. */
    public static final RecordField<Credential, Long> USER_ID = RecordField.of("userId");

    /** The field {@code hash}, for filters and sort keys. */
    public static final RecordField<Credential, String> HASH = RecordField.of("hash");
}
