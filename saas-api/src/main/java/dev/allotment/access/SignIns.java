// SPDX-License-Identifier: Apache-2.0
package dev.allotment.access;

import static dev.allotment.AllowedFor.Keys.PROVIDED_SESSION;

import dev.allotment.AllowedFor;
import dev.allotment.Internal;
import dev.allotment.Needs;
import dev.allotment.NeedsProof;
import dev.allotment.Parameter;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.User;
import dev.allotment.UserId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Signs users of the main database in with a browser: with the password, and with a code if the account has a second
 * factor. Also lists the sessions of an account. Safe for use by several threads.
 *
 * <p>Between password and code there is no session. The browser holds a pending sign-in: a sealed text that is valid
 * for 10 minutes, in this browser, with this password. Nothing is stored, and it gives no rights.
 */
public interface SignIns {
    /** How long a proof counts for use cases with {@link NeedsProof}. */
    Duration PROOF_LIFE = Duration.ofMinutes(15);

    /**
     * Checks a login and a password. Opens a session if they are enough.
     *
     * @return empty if they are wrong, or refused for a while after too many failures
     * @throws SaasException {@code access.busy}, {@code access.not-allowed} unless this view has all rights
     */
    Optional<Step> start(String login, String password, Browser browser);

    /**
     * Returns what a pending sign-in waits for. Returns empty if it has expired, or is of another browser, or if the
     * password was changed since.
     */
    Optional<Step> pending(String pending, Browser browser);

    /**
     * Completes a pending sign-in with a code of the app, or a recovery code.
     *
     * @return the session; empty as {@link #pending}
     * @throws SaasException {@code access.denied} if the code is wrong, was used, or is refused for a while after too
     *     many failures
     */
    Optional<Step> enterCode(String pending, String code, Browser browser);

    /**
     * Starts to set up the second factor that a pending sign-in waits for, as {@link SecondFactors#start} does.
     *
     * @return empty as {@link #pending}
     * @throws SaasException as {@link SecondFactors#start}
     */
    Optional<SecondFactors.Setup> startSetup(String pending, Browser browser);

    /**
     * Ends the setup, as {@link SecondFactors#confirm} does, and completes the sign-in.
     *
     * @return the session, with the recovery codes; empty as {@link #pending}
     * @throws SaasException as {@link SecondFactors#confirm}
     */
    Optional<Step> confirmSetup(String pending, String code, Browser browser);

    /**
     * Returns what a browser needs to sign in with a passkey. Nothing is stored.
     *
     * @return empty unless this installation has {@linkplain Passkeys#available passkeys}
     * @throws SaasException {@code access.not-allowed} unless this view has all rights
     */
    Optional<Passkeys.Request> startPasskey(Browser browser);

    /**
     * Signs in with a passkey, which is enough also for an account with a second factor.
     *
     * @return the session; empty if the answer is wrong, too late, of another browser or was sent before, if the
     *     passkey is unknown or its account is not active, or if it is refused for a while after too many failures
     * @throws SaasException {@code access.not-allowed} unless this view has all rights
     */
    Optional<Step> enterPasskey(Passkeys.Answer answer, Browser browser);

    /**
     * Opens a session for an account that the caller has just authenticated completely.
     *
     * @throws SaasException {@code access.denied} if the account does not exist or is not active, {@code
     *     access.not-allowed} unless this view has all rights
     */
    Step open(UserId user, Browser browser);

    /** Returns whether the acting user has proven in a session, within {@link #PROOF_LIFE}, who it is. */
    @AllowedFor(PROVIDED_SESSION)
    @Needs({})
    boolean isProven(String session);

    /**
     * Lets the acting user prove in a session who it is.
     *
     * @param proof the password; for an account with a second factor, a code of the app or a recovery code
     * @return false if the proof is wrong or refused for a while, or the session is not one of the acting user
     */
    @AllowedFor(PROVIDED_SESSION)
    @Needs({})
    boolean prove(String session, String proof);

    /**
     * Returns the sessions of the acting user at the main database, the last used first.
     *
     * @param present the secret of the session that is marked; null: none
     * @throws SaasException {@code access.not-allowed} for another user
     */
    @Needs({})
    List<OpenSession> list(UserId user, @Nullable String present);

    /**
     * Closes a session of the acting user at the main database. Each node checks each session with each request, so it
     * counts at once.
     *
     * @param session the {@link OpenSession#id}
     * @return false if the user has no such session
     * @throws SaasException {@code access.not-allowed} for another user
     */
    @Needs({})
    boolean close(UserId user, long session);

    /**
     * Closes all sessions of the acting user but one, as {@link Access#closeSessions} does.
     *
     * @param present the secret of the session that stays
     * @throws SaasException {@code access.denied} if it is not a session of the acting user
     */
    @Needs({})
    void closeOthers(String present);

    /**
     * A browser. Its secrets are never printed.
     *
     * @param clientAddress null: not known
     * @param userAgent the header {@code User-Agent} as it was sent; null: none
     * @param secret a random text that only this browser has, in a cookie; a pending sign-in is bound to it
     * @param device what {@link Step#device} returned in this browser last; null: nothing
     */
    record Browser(
            @Nullable String clientAddress,
            @Nullable String userAgent,
            String secret,
            @Nullable String device) {
        /** Returns the client address, without secrets. */
        @Override
        public String toString() {
            return "Browser[clientAddress=" + clientAddress + "]";
        }
    }

    /** What a sign-in waits for. */
    enum Next {
        /** Nothing: there is a session. */
        NOTHING,
        /** A code, see {@link #enterCode}. */
        CODE,
        /**
         * The user has to sign in with a passkey instead, see {@link #startPasskey}: the account must have a second
         * factor, and has passkeys only. The pending sign-in is not needed any more.
         */
        PASSKEY,
        /**
         * The user has to set up a second factor, because the control plane requires one ({@link
         * Parameter#REQUIRE_FACTOR}), see {@link #startSetup}.
         */
        SETUP
    }

    /**
     * A step of a sign-in. Its secrets are never printed.
     *
     * @param secret of the session, or of the pending sign-in if there is a next step
     * @param device a text for a cookie that lasts, by which the control plane recognises the browser; empty if there
     *     is a next step
     * @param recoveryCodes to be shown once; empty except from {@link #confirmSetup}
     */
    record Step(User user, Next next, String secret, String device, List<String> recoveryCodes) {
        /** Copies the list. */
        public Step {
            recoveryCodes = List.copyOf(recoveryCodes);
        }

        /** Returns the account and what is next, without secrets. */
        @Override
        public String toString() {
            return "Step[user=" + user.id() + ", next=" + next + "]";
        }
    }

    /**
     * An open session of an account at the main database.
     *
     * @param id its number, which is not a secret
     * @param usedAt when it was used last, within five minutes
     * @param clientAddress from where it was opened; null: not known
     * @param browser in a few words, such as {@code Firefox on Linux}; null: a program, or the embedder, opened it
     * @param present whether it is the session that the caller has named
     */
    record OpenSession(
            long id,
            Instant createdAt,
            Instant usedAt,
            @Nullable String clientAddress,
            @Nullable String browser,
            boolean present) {
        /** Creates a record from all its components. Only the core does, see {@link Saas#signIns}. */
        @Internal
        public OpenSession {}
    }
}
