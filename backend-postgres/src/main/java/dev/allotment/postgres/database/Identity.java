// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The identity of a tenant database: its UUID and the role that owns it. The name of the role is derived from the UUID,
 * and CREATE DATABASE already sets the role as the owner.
 *
 * @param role owns the database, and is the login of the tenant's application
 */
public record Identity(UUID uuid, String role) {
    /** The key of its advisory lock. If two identities have the same key, they only wait for each other. */
    public long lockKey() {
        return uuid.getMostSignificantBits() ^ uuid.getLeastSignificantBits();
    }

    /**
     * Derives the identities of one control plane. Another control plane on the same server has other roles, and
     * neither takes the databases of the other for its own.
     */
    public record Scheme(UUID installation) {
        private static final int INSTALLATION_DIGITS = 12;
        private static final int UUID_DIGITS = 32;

        public Identity of(UUID uuid) {
            return new Identity(uuid, rolePrefix() + digits(uuid));
        }

        /** The role whose comment is the mark of the catalog. */
        public String markRole() {
            return rolePrefix() + "catalog";
        }

        /** The prefix of the names of all its roles. */
        public String rolePrefix() {
            return "allotment_" + digits(installation).substring(0, INSTALLATION_DIGITS) + "_";
        }

        /** The role that owns tables with record quotas, see {@link QuotaOwner}. It belongs to no database. */
        public String quotaOwner() {
            return rolePrefix() + "quota";
        }

        /**
         * The prefix of the names of roles that one session is signed in as, see {@link ConfinedSessions}. It is not a
         * {@link #rolePrefix}: these roles are no logins of tenants.
         */
        String sessionPrefix() {
            return "allotment_session_" + digits(installation).substring(0, INSTALLATION_DIGITS) + "_";
        }

        /** The prefix of the names of roles that other servers follow a database with, see {@link MoverRoles}. */
        String moverPrefix() {
            return "allotment_mover_" + digits(installation).substring(0, INSTALLATION_DIGITS) + "_";
        }

        /** The prefix of the names of roles that can only read, see {@link ReaderRoles}. */
        String readerPrefix() {
            return "allotment_reader_" + digits(installation).substring(0, INSTALLATION_DIGITS) + "_";
        }

        /** Returns the UUID that a role belongs to, or null if it is not a role of this control plane. */
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
