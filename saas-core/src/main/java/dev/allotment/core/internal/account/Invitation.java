// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.account;

import dev.allotment.core.internal.base.Secrets;
import dev.allotment.core.internal.parameter.DerivedSecrets;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/**
 * An account that a stranger has requested and not yet confirmed. It travels, encrypted, in the email that proves the
 * address, so an unconfirmed request stores nothing and takes no login.
 *
 * @param login normalised and checked, like the name: no line breaks
 */
public record Invitation(String login, String name, Instant until) {
    private static final String KIND = "sign-up";
    private static final int LONGEST = 4000;

    /** Encrypts the invitation into characters that are safe in a URL. */
    String secret(DerivedSecrets derived) {
        String text = until.getEpochSecond() + "\n" + login + "\n" + name;
        String encoded = Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
        return encoded + "." + derived.seal(KIND, encoded);
    }

    /** Decrypts an invitation; empty if this control plane did not create it. */
    static Optional<Invitation> open(DerivedSecrets derived, String secret) {
        int dot = secret.indexOf('.');
        if (dot < 0
                || secret.length() > LONGEST
                || !Secrets.sameText(derived.seal(KIND, secret.substring(0, dot)), secret.substring(dot + 1))) {
            return Optional.empty();
        }
        try {
            String text = new String(Base64.getUrlDecoder().decode(secret.substring(0, dot)), StandardCharsets.UTF_8);
            String[] lines = text.split("\n", 3);
            return Optional.of(new Invitation(lines[1], lines[2], Instant.ofEpochSecond(Long.parseLong(lines[0]))));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new IllegalStateException("An invitation that decrypted cannot be parsed", e);
        }
    }
}
