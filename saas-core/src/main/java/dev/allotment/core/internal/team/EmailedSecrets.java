// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.team;

import dev.allotment.core.internal.base.Secrets;
import dev.allotment.core.internal.parameter.DerivedSecrets;

/**
 * The secrets of invitations that are sent by email: a secret and its seal. Only the recipient of the email has the
 * seal, so it shows that its holder reads the emails of the address. The person who invites may have seen the secret.
 */
record EmailedSecrets(DerivedSecrets derived) {
    private static final char DOT = '.';

    String of(String secret) {
        return secret + DOT + derived.seal("invitation", secret);
    }

    /** Returns the secret without the seal, if it has one. */
    static String plain(String secret) {
        int dot = secret.indexOf(DOT);
        return dot < 0 ? secret : secret.substring(0, dot);
    }

    /** Whether a secret has its seal. */
    boolean areEmailed(String secret) {
        return Secrets.sameText(secret, of(plain(secret)));
    }
}
