// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.RecordField;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The row of an image or a font of a brand.
 *
 * @param id 0 before it is stored
 * @param hash SHA-256 of the content in hexadecimal, unique
 * @param content in Base64
 * @param published whether a brand with it is or was applied, so that everyone may see it
 * @param unusedSince since when no brand has it; null: one has it
 */
public record StoredBrandFile(
        long id,
        String hash,
        String content,
        boolean published,
        @Nullable Instant unusedSince) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<StoredBrandFile, Long> ID = RecordField.of("id");

    /** The field {@code hash}, for filters and sort keys. */
    public static final RecordField<StoredBrandFile, String> HASH = RecordField.of("hash");

    /** The field {@code content}, for filters and sort keys. */
    public static final RecordField<StoredBrandFile, String> CONTENT = RecordField.of("content");

    /** The field {@code published}, for filters and sort keys. */
    public static final RecordField<StoredBrandFile, Boolean> PUBLISHED = RecordField.of("published");

    /** The field {@code unusedSince}, for filters and sort keys. */
    public static final RecordField<StoredBrandFile, Instant> UNUSED_SINCE = RecordField.of("unusedSince");

    /** Returns the same file, with this use. */
    public StoredBrandFile with(boolean nowPublished, @Nullable Instant nowUnusedSince) {
        return new StoredBrandFile(id, hash, content, nowPublished, nowUnusedSince);
    }
}
