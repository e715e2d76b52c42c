// SPDX-License-Identifier: Apache-2.0
package dev.allotment.access;

import static dev.allotment.AllowedFor.Keys.PROVIDED_SESSION;
import static dev.allotment.Permission.VIEW;

import dev.allotment.AllowedFor;
import dev.allotment.Needs;
import dev.allotment.NeedsProof;
import dev.allotment.Parameter;
import dev.allotment.SaasException;
import dev.allotment.UserId;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The second factors of accounts: codes of an authenticator app (TOTP, RFC 6238: SHA-1, 6 digits, 30 seconds), and
 * recovery codes for a user who has lost the app. Each code is accepted once. Wrong codes are limited as wrong
 * passwords are.
 *
 * <p>A password alone does not sign in to an account with a second factor: {@link SignIns} requires a code, and every
 * other use case refuses the password with {@code access.factor-needed}. Programs use API keys. Other nodes know within
 * 10 seconds that a factor was set up or removed. Safe for use by several threads.
 */
public interface SecondFactors {
    /** How many recovery codes an account gets. */
    int RECOVERY_CODES = 10;

    /**
     * Returns whether an account has a second factor. A user sees its own, an administrator all.
     *
     * @throws SaasException {@code access.not-allowed}
     */
    @AllowedFor(PROVIDED_SESSION)
    @Needs(
            value = {},
            operators = VIEW)
    Status status(UserId user);

    /**
     * Starts to set up a second factor for the acting user. It counts after {@link #confirm}. A repeated call returns
     * the same secret for an hour.
     *
     * @throws SaasException {@code access.factor-state} if the account has a second factor, {@code
     *     access.factor-key-missing}, {@code access.not-allowed} for another user
     */
    @NeedsProof
    @Needs({})
    Setup start(UserId user);

    /**
     * Ends the setup with a code that the app shows.
     *
     * @return the recovery codes. Show them once: only their hashes are stored
     * @throws SaasException {@code access.denied} if the code is wrong or nothing was started, {@code
     *     access.factor-state} if the account has a second factor, {@code access.not-allowed} for another user
     */
    @Needs({})
    List<String> confirm(UserId user, String code);

    /**
     * Replaces the recovery codes of the acting user. The former ones are not accepted any more.
     *
     * @param code of the app, or a recovery code
     * @return the new codes, as in {@link #confirm}
     * @throws SaasException {@code access.denied} if the code is wrong, {@code access.not-allowed} for another user
     */
    @NeedsProof
    @Needs({})
    List<String> renewRecoveryCodes(UserId user, String code);

    /**
     * Removes the second factor of the acting user.
     *
     * @param code of the app, or a recovery code
     * @throws SaasException {@code access.denied} if the password or the code is wrong, {@code access.not-allowed} for
     *     another user
     */
    @NeedsProof
    @Needs({})
    void turnOff(UserId user, String password, String code);

    /**
     * Removes the second factor and the passkeys of an account whose user has lost them, and closes its sessions as
     * {@link Access#closeSessions} does. Does nothing if there is none. Requires an administrator.
     *
     * @throws SaasException {@code access.not-allowed}
     */
    @NeedsProof
    void reset(UserId user);

    /**
     * Whether an account has a second factor.
     *
     * @param since when it was set up; null: there is none
     * @param required whether the account must have one, or a passkey: because of {@link Parameter#REQUIRE_FACTOR}, or
     *     of {@link dev.allotment.team.Teams#requireFactor} in one of its teams
     * @param recoveryCodes how many are left
     * @param passkeys how many passkeys the account has
     */
    record Status(@Nullable Instant since, boolean required, int recoveryCodes, int passkeys) {
        /** Returns whether there is one. */
        public boolean on() {
            return since != null;
        }

        /** Returns whether one is required, and there is neither one nor a passkey. */
        public boolean missing() {
            return required && !on() && passkeys == 0;
        }
    }

    /**
     * What an authenticator app needs. It is never printed.
     *
     * @param secret in Base32, to be typed
     * @param uri the same as {@code otpauth://totp/…}, for a link or a QR code
     */
    record Setup(String secret, URI uri) {
        /** Returns nothing secret. */
        @Override
        public String toString() {
            return "Setup[]";
        }
    }
}
