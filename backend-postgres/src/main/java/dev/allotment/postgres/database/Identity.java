// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Whose a database is: the role that owns it is named after it, from the very statement that creates the database.
 *
 * @param role owns the database, and is its application's login
 */
public record Identity(UUID uuid, String role) {
    /** For advisory locks; two identities that share one only wait for each other. */
    public long lockKey() {
        return uuid.getMostSignificantBits() ^ uuid.getLeastSignificantBits();
    }

    /**
     * The identities of one control plane. Another one on the same server has other roles, and neither sees the databases of
     * the other as its own.
     */
    public record Scheme(UUID installation) {
        private static final int INSTALLATION_DIGITS = 12;
        private static final int UUID_DIGITS = 32;

        public Identity of(UUID uuid) {
            return new Identity(uuid, rolePrefix() + digits(uuid));
        }

        /** What the names of its roles begin with. */
        public String rolePrefix() {
            return "allotment_" + digits(installation).substring(0, INSTALLATION_DIGITS) + "_";
        }

        /** The identity that a role stands for; null where it is none of this control plane. */
        @Nullable
        public UUID uuid(String role) {
            String digits =
                    role.startsWith(rolePrefix()) ? role.substring(rolePrefix().length()) : "";
            if (digits.length() != UUID_DIGITS) {
                return null;
            }
            try {
                return new UUID(
                        Long.parseUnsignedLong(digits.substring(0, UUID_DIGITS / 2), 16),
                        Long.parseUnsignedLong(digits.substring(UUID_DIGITS / 2), 16));
            } catch (NumberFormatException e) {
                return null;
            }
        }

        private static String digits(UUID uuid) {
            return uuid.toString().replace("-", "");
        }
    }
}
