// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The accounts of the main database. A portal user sees and changes itself only. */
public interface Accounts extends Lookup<UserId, User> {
    /**
     * A stranger opens an account; it becomes a portal user with a customer of its own. Whether the address had to be shown to be
     * the stranger's, see {@link Parameter#SIGNUP_CONFIRMATION}, is for the host to look at; portal users who act are refused then.
     *
     * @throws SaasException {@code account.signup-off} where strangers may not, {@code account.signup-unconfirmed}, {@code
     *     account.login-taken}, {@code account.invalid}
     */
    default User signUp(SignUp signUp) {
        return signUp(signUp, null);
    }

    /**
     * As {@link #signUp(SignUp)}, from an address where so many may within an hour; each try counts. A portal user who acts
     * counts under its own address.
     *
     * @param clientAddress the stranger's address; null: not known, and then not counted
     * @throws SaasException {@code account.signup-too-often}, retryable
     */
    User signUp(SignUp signUp, @Nullable String clientAddress);

    /**
     * A stranger asks for an account, and is to show that the login is an address of its own. Nothing is stored.
     *
     * @return a secret to be sent to that address and nowhere else, for {@link #confirmSignUp}, good for an hour
     * @throws SaasException {@code account.signup-off}, {@code account.login-taken}, {@code account.invalid}, {@code
     *     access.not-allowed}
     */
    String requestSignUp(String login, String name);

    /**
     * Opens the account that a secret of {@link #requestSignUp} is for.
     *
     * @return empty where the secret is none or too old, or there is such an account meanwhile, so where it was used
     * @throws SaasException {@code account.invalid} for the password, {@code account.signup-off}; the secret is still good then
     */
    Optional<User> confirmSignUp(String secret, String password);

    /**
     * An administrator opens an account, whether or not strangers may.
     *
     * @throws SaasException {@code account.login-taken}, {@code account.invalid}, {@code access.not-allowed}
     */
    default User create(SignUp signUp, Role role) {
        return create(NewUser.builder(signUp, role).build());
    }

    /**
     * An administrator opens an account, which may have no password yet, and may be inactive.
     *
     * @throws SaasException {@code account.login-taken}, {@code account.invalid}, {@code access.not-allowed}
     */
    User create(NewUser user);

    /**
     * Checks a login and a password, and notes the time, once a minute. Unknown logins, wrong passwords and inactive
     * accounts are alike empty and take the same time; too many failures for a login or from a client address make it empty for a
     * while, whatever the password. A password whose hash has other rounds than new ones get is hashed anew.
     *
     * @param clientAddress the caller's address; null: not known, and then not counted
     * @throws SaasException {@code access.busy} where too many are being checked at once
     */
    Optional<User> authenticate(String login, String password, @Nullable String clientAddress);

    /** As {@link #authenticate(String, String, String)} for a known account; cheap when repeated. */
    Optional<User> authenticate(UserId user, String password, @Nullable String clientAddress);

    /**
     * Whether passwords for this login, or from this client address, are not looked at for a while, since too many were wrong. As many
     * failures make it so for logins that nobody has.
     *
     * @param clientAddress the caller's address; null: not known
     */
    boolean throttled(String login, @Nullable String clientAddress);

    /**
     * Users change their own password; the old one is refused from then on, everywhere within 10 seconds, and all other
     * sessions of the user end, at the main database and as the owner of client databases, see {@link Access#closeSessions}.
     *
     * @throws SaasException {@code access.denied} if the old password is wrong, {@code account.invalid}
     */
    void changePassword(UserId user, String oldPassword, String newPassword);

    /**
     * An administrator sets a password; this ends what {@link #changePassword} ends.
     *
     * @throws SaasException {@code access.not-allowed}, {@code account.invalid}
     */
    void setPassword(UserId user, String newPassword);

    /**
     * An administrator gives an account the password that it had elsewhere, by its hash. The first log-in with it has it hashed
     * anew, with the rounds of this control plane.
     *
     * @param hash of passlib's {@code pbkdf2_sha512}, as Odoo stores it in {@code res_users.password}; 1,000,000 rounds at most
     * @throws SaasException {@code access.not-allowed}, {@code account.invalid}
     */
    void importPassword(UserId user, String hash);

    /**
     * Changes the e-mail address of an account, for whoever knows its password: whoever has the address can set a new one.
     *
     * @param password the present one
     * @param email null: none
     * @throws SaasException {@code access.denied} if the password is wrong, {@code account.invalid}, {@code access.not-allowed}
     *     for the account of another user
     */
    User changeEmail(UserId user, String password, @Nullable String email);

    /**
     * Changes an account under a lock. A portal user may change its own name, language and zone. Who is set inactive is
     * out at once, as after {@link Access#closeSessions}.
     *
     * @param change gets the account as it is, returns it as it shall be; may be called more than once; the id, customer,
     *     creation and last log-in are not taken over
     * @throws SaasException {@code account.invalid}, {@code account.login-taken}, {@code access.not-allowed} for what a portal
     *     user may not change
     */
    User update(UserId user, UnaryOperator<User> change);

    /**
     * As {@link #update(UserId, UnaryOperator)} and {@link #setPassword}, both or neither.
     *
     * @throws SaasException {@code access.not-allowed} for everyone but administrators, {@code account.invalid}
     */
    User update(UserId user, UnaryOperator<User> change, String newPassword);

    /**
     * Removes an account.
     *
     * @throws SaasException {@code account.in-use} while it owns a client database, {@code access.not-allowed}
     */
    void delete(UserId user);
}
