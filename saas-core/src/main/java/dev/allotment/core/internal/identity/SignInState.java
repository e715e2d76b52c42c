// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.identity;

import dev.allotment.UserId;
import dev.allotment.identity.IdentityProviderId;
import dev.allotment.identity.ProviderSignIns;
import dev.allotment.identity.ProviderSignIns.Purpose;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a browser takes to a provider and brings back. {@link SignInStates} seals it.
 *
 * @param until when it ends, in whole seconds
 * @param user who links or proves; null for a sign-in
 * @param random what makes it unlike any other
 */
record SignInState(
        Purpose purpose,
        Instant until,
        IdentityProviderId provider,
        @Nullable UserId user,
        String random,
        String target) {
    private static final Pattern FORM =
            Pattern.compile("(SIGN_IN|LINK|PROOF)\\.([0-9]{1,12})\\.([0-9]{1,18})\\.([0-9]{0,18})\\.([A-Za-z0-9_-]{43})"
                    + "\\.([A-Za-z0-9_-]{0,2048})");

    /** When the browser was sent to the provider. */
    Instant startedAt() {
        return until.minus(ProviderSignIns.STATE_LIFE);
    }

    static Optional<SignInState> parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        String target;
        try {
            target = new String(Base64.getUrlDecoder().decode(parts.group(6)), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        String user = parts.group(4);
        return Optional.of(new SignInState(
                Purpose.valueOf(parts.group(1)),
                Instant.ofEpochSecond(Long.parseLong(parts.group(2))),
                new IdentityProviderId(Long.parseLong(parts.group(3))),
                user.isEmpty() ? null : new UserId(Long.parseLong(user)),
                parts.group(5),
                target));
    }

    String text() {
        return String.join(
                ".",
                purpose.name(),
                Long.toString(until.getEpochSecond()),
                provider.toString(),
                user == null ? "" : user.toString(),
                random,
                Base64.getUrlEncoder().withoutPadding().encodeToString(target.getBytes(StandardCharsets.UTF_8)));
    }
}
