// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.setting;

import java.security.SecureRandom;
import java.util.Base64;

/** A text that {@link #toString} does not show. */
public record Secret(String value) {
    private static final int RANDOM_BYTES = 18;

    /** Returns a new password. */
    public static Secret random() {
        byte[] bytes = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(bytes);
        return new Secret(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    @Override
    public String toString() {
        return "***";
    }
}
