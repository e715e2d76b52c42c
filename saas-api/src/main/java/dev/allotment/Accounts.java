// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import static dev.allotment.AllowedFor.Keys.READ_ONLY;
import static dev.allotment.AllowedFor.Keys.TENANTS;
import static dev.allotment.Permission.VIEW;

import dev.allotment.access.Access;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The accounts of the main database. A portal user sees and changes only its own. Safe for use by several threads.
 */
@AllowedFor({READ_ONLY, TENANTS})
@Needs(
        value = {},
        operators = VIEW)
public interface Accounts extends Lookup<UserId, User> {
    /**
     * Opens an account for a stranger: a portal user with a new customer.
     *
     * <p>Whether the email address must be confirmed first ({@link Parameter#SIGNUP_CONFIRMATION}) is for the
     * embedder to check. If it must, acting portal users are refused.
     *
     * @throws SaasException {@code account.signup-off} if sign-up is disabled, {@code account.signup-unconfirmed},
     *     {@code account.login-taken}, {@code account.invalid}
     */
    @Needs({})
    default User signUp(SignUp signUp) {
        return signUp(signUp, null);
    }

    /**
     * Opens an account like {@link #signUp(SignUp)}, but rate-limited per client address. Failed attempts count too.
     * If a portal user acts, the address that it acts from counts.
     *
     * @param clientAddress null: not known, and not limited
     * @throws SaasException {@code account.signup-too-often} (retryable), and as {@link #signUp(SignUp)}
     */
    @Needs({})
    User signUp(SignUp signUp, @Nullable String clientAddress);

    /**
     * Creates a secret that opens an account. It expires after one hour. Send it to the login, which must be an email
     * address, and nowhere else. Nothing is stored.
     *
     * @return the secret, for {@link #confirmSignUp}
     * @throws SaasException {@code account.signup-off}, {@code account.login-taken}, {@code account.invalid}, {@code
     *     access.not-allowed}
     */
    String requestSignUp(String login, String name);

    /**
     * Whether {@link #confirmSignUp} opens an account with a secret now, if sign-up is on. The secret is not used up.
     */
    @Needs({})
    boolean canConfirmSignUp(String secret);

    /**
     * Opens the account that a secret of {@link #requestSignUp} is for.
     *
     * @return empty if the secret is invalid or expired, or if the account exists by now (for example because the
     *     secret was used)
     * @throws SaasException {@code account.invalid} for the password, {@code account.signup-off}; the secret stays
     *     valid then
     */
    @Needs({})
    Optional<User> confirmSignUp(String secret, String password);

    /**
     * Creates an account with a role. Requires an administrator; sign-up need not be enabled.
     *
     * @throws SaasException {@code account.login-taken}, {@code account.invalid}, {@code access.not-allowed}
     */
    default User create(SignUp signUp, Role role) {
        return create(NewUser.builder(signUp, role).build());
    }

    /**
     * Creates an account, which may have no password and may be inactive. Requires an administrator.
     *
     * @throws SaasException {@code account.login-taken}, {@code account.invalid}, {@code access.not-allowed}
     */
    User create(NewUser user);

    /**
     * Checks a login and a password. Returns empty if they are wrong, and records the time of the sign-in, at most
     * once a minute.
     *
     * <p>Unknown logins, wrong passwords and inactive accounts are all empty and take the same time. After too many
     * failures for a login, or from a client address, even correct passwords are refused for a while. A password
     * whose hash has another number of iterations than new ones is hashed again.
     *
     * @param clientAddress null: not known, and not counted
     * @throws SaasException {@code access.busy} if too many passwords are being checked
     */
    @Needs({})
    Optional<User> authenticate(String login, String password, @Nullable String clientAddress);

    /**
     * Checks the password of a known account, as {@link #authenticate(String, String, String)} does. Repeated calls
     * are cheap.
     *
     * @param clientAddress null: not known, and not counted
     * @throws SaasException {@code access.busy} if too many passwords are being checked
     */
    @Needs({})
    Optional<User> authenticate(UserId user, String password, @Nullable String clientAddress);

    /**
     * Returns whether passwords for this login, or from this client address, are refused for a while after too many
     * failures. The limit also applies to logins that do not exist.
     *
     * @param clientAddress null: not known
     */
    @Needs({})
    boolean throttled(String login, @Nullable String clientAddress);

    /**
     * Changes the password of the acting user.
     *
     * <p>The old password is refused from then on, on every node within 10 seconds. All other sessions of the account
     * are closed, at the main database and as the owner of tenants: see {@link Access#closeSessions}.
     *
     * @throws SaasException {@code access.denied} if the old password is wrong, {@code account.invalid}
     */
    @NeedsProof
    @Needs({})
    void changePassword(UserId user, String oldPassword, String newPassword);

    /**
     * Sets the password of an account and closes its sessions, as {@link #changePassword} does. Requires an
     * administrator.
     *
     * @throws SaasException {@code access.not-allowed}, {@code account.invalid}
     */
    @NeedsProof
    void setPassword(UserId user, String newPassword);

    /**
     * Gives an account a password that is known only by its hash. At the first sign-in, it is hashed again with the
     * iterations of this control plane. Requires an administrator.
     *
     * @param hash in passlib's format {@code pbkdf2_sha512}, as Odoo stores it in {@code res_users.password}; at most
     *     1,000,000 iterations
     * @throws SaasException {@code access.not-allowed}, {@code account.invalid}
     */
    @NeedsProof
    void importPassword(UserId user, String hash);

    /**
     * Changes the email address of an account. The password is required, because an email to the address can set a
     * new one.
     *
     * @param password the current password
     * @param email null: none
     * @throws SaasException {@code access.denied} if the password is wrong, {@code account.invalid}, {@code
     *     access.not-allowed} for the account of another user
     */
    @NeedsProof
    @Needs({})
    User changeEmail(UserId user, String password, @Nullable String email);

    /**
     * Changes an account under a lock. An account that is not an administrator's may change its own name, language and
     * time zone. There is always an active administrator. An account that becomes inactive is signed out at once, as by
     * {@link Access#closeSessions}.
     *
     * @param change receives the account as stored and returns it as wanted; may be called more than once; id,
     *     customer, creation and last sign-in are ignored
     * @throws SaasException {@code account.invalid}, {@code account.login-taken}, {@code account.in-use} if it takes
     *     the role from the last administrator or from the acting one, {@code access.not-allowed} for what the acting
     *     account may not change
     */
    @NeedsProof
    @Needs({})
    User update(UserId user, UnaryOperator<User> change);

    /**
     * Changes an account as {@link #update(UserId, UnaryOperator)} does and sets its password as {@link #setPassword}
     * does: both or neither.
     *
     * @throws SaasException {@code access.not-allowed} unless an administrator acts, {@code account.invalid}
     */
    @NeedsProof
    User update(UserId user, UnaryOperator<User> change, String newPassword);

    /**
     * Deletes an account.
     *
     * @throws SaasException {@code account.in-use} while it owns a tenant, {@code access.not-allowed}
     */
    void delete(UserId user);

    /** Returns the account with this login, in any case; empty if there is none, or it may not be seen. */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs(
            value = {},
            operators = VIEW)
    default Optional<User> findByLogin(String login) {
        Filter<User> wanted = Filter.equal(User.LOGIN, login.strip().toLowerCase(Locale.ROOT));
        return list(Query.where(wanted)).stream().findFirst();
    }
}
