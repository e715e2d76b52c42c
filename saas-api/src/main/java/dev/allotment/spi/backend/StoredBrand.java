// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.Internal;
import dev.allotment.RecordField;
import java.time.Instant;
import java.util.Map;

/**
 * The row of a brand.
 *
 * @param id 0 before it is stored
 * @param scope what it is for, unique: {@code installation}, or {@code draft:} with the number of an account
 * @param revision how often it was stored
 * @param basedOn of a draft: id and revision of the brand that was applied when it was saved; empty: none
 * @param content its parts by name, with the hashes of its files
 * @param changedAt when it was stored last
 */
public record StoredBrand(
        long id, String scope, int revision, String basedOn, Map<String, String> content, Instant changedAt) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<StoredBrand, Long> ID = RecordField.of("id");

    /** The field {@code scope}, for filters and sort keys. */
    public static final RecordField<StoredBrand, String> SCOPE = RecordField.of("scope");

    /** The field {@code revision}, for filters and sort keys. */
    public static final RecordField<StoredBrand, Integer> REVISION = RecordField.of("revision");

    /** The field {@code basedOn}, for filters and sort keys. */
    public static final RecordField<StoredBrand, String> BASED_ON = RecordField.of("basedOn");

    /** The field {@code changedAt}, for filters and sort keys. */
    public static final RecordField<StoredBrand, Instant> CHANGED_AT = RecordField.of("changedAt");

    /** Creates a record from all its components. Only the core and {@link RecordType} do. */
    @Internal
    public StoredBrand {
        content = Map.copyOf(content);
    }
}
