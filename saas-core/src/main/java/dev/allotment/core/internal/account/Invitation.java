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
 * An account that somebody has asked for and does not have yet. It travels in the letter that shows whether the address is
 * theirs, under a seal, so that strangers cause nothing to be stored and no login to be taken.
 *
 * @param login normal and checked, as is the name: no line breaks
 */
public record Invitation(String login, String name, Instant until) {
    private static final String KIND = "sign-up";
    private static final int LONGEST = 4000;

    /** What opens it again, in characters that can stand in an address. */
    String secret(DerivedSecrets derived) {
        String text = until.getEpochSecond() + "\n" + login + "\n" + name;
        String encoded = Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
        return encoded + "." + derived.seal(KIND, encoded);
    }

    /** Empty where we have not made it. */
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
            throw new IllegalStateException("What we have sealed cannot be read", e);
        }
    }
}
