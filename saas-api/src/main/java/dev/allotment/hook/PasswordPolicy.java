// SPDX-License-Identifier: Apache-2.0
package dev.allotment.hook;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import java.util.Optional;

/**
 * Decides whether a password is good enough, when it is set: by a sign-up, an administrator, a change or a reset, for
 * accounts of the portal and members of tenant databases. Passwords that are stored already keep working. Not asked
 * about what operators configure, which is the master password and the first administrator's, nor about imported
 * hashes.
 *
 * <p>The embedder registers it at the builder. Implementations must be safe for use by several threads. They are called
 * before the password is hashed, on the caller's thread, and may do I/O, such as a query of leaked passwords; the
 * caller waits. A {@link SaasException} goes to the caller. After any other exception, no password is set, and the
 * caller gets {@code account.policy-failed}. The control plane never logs or stores the password.
 */
@FunctionalInterface
public interface PasswordPolicy {
    /**
     * Returns why a password is refused, as a sentence for the person who chose it; empty if it is accepted. The
     * sentence must not contain the password.
     *
     * @param login of the account or member, in lower case
     * @param password 1 to 4,096 characters
     */
    Optional<String> refusal(String login, String password);

    /**
     * Returns a policy that demands a length and nothing else, as NIST SP 800-63B recommends.
     *
     * @param characters how many a password has at least, counted as Unicode code points; 1 to 64, since every user
     *     must be able to choose one
     * @throws SaasException {@code setting.invalid}
     */
    static PasswordPolicy minimumLength(int characters) {
        if (characters < 1 || characters > 64) {
            throw SaasException.invalid(
                    ErrorCodes.SETTING_INVALID,
                    "The minimum length of passwords is 1 to 64 characters, found " + characters + ".");
        }
        return (login, password) -> password.codePointCount(0, password.length()) >= characters
                ? Optional.empty()
                : Optional.of("Choose a password of at least " + characters + " characters.");
    }
}
