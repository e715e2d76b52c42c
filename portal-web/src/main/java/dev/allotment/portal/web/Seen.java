// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * Identifies what a page showed. The form on the page sends it back, so that it is accepted only if everything is still
 * as the user has seen it. It is a checksum and no secret.
 */
public final class Seen {
    private Seen() {}

    /** Returns the same text for the same values. */
    public static String of(Object... shown) {
        CRC32 sum = new CRC32();
        sum.update(Arrays.toString(shown).getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(sum.getValue());
    }
}
