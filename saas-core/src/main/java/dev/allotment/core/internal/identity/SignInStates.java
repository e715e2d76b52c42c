// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.identity;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.UserId;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.Secrets;
import dev.allotment.core.internal.parameter.DerivedSecrets;
import dev.allotment.identity.IdentityProviderId;
import dev.allotment.identity.ProviderSignIns;
import dev.allotment.identity.ProviderSignIns.Purpose;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.UsedChallenge;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Seals what browsers take to providers, and opens it once. The seal is bound to the browser, or to the session. Nonce
 * and code verifier are derived from it, so that nothing is stored for a sign-in that is not finished, and each node
 * can finish it. Must not be used within a transaction. Thread-safe.
 */
final class SignInStates {
    private static final int LONGEST = 4096;
    /** Clocks of nodes differ. */
    private static final Duration USED_KEPT = Duration.ofHours(1);

    private final CoreContext context;
    private final DerivedSecrets seals;

    SignInStates(CoreContext context, DerivedSecrets seals) {
        this.context = context;
        this.seals = seals;
    }

    /** @param holder a secret of the browser, or of the session */
    String seal(Purpose purpose, IdentityProviderId provider, @Nullable UserId user, String target, String holder) {
        SignInState state = new SignInState(
                purpose,
                Instant.ofEpochSecond(
                        context.now().plus(ProviderSignIns.STATE_LIFE).getEpochSecond()),
                provider,
                user,
                context.secrets().next(),
                target.length() > ProviderSignIns.LONGEST_TARGET ? "" : target);
        String text = state.text();
        return text + "." + seal(text, holder);
    }

    private String seal(String text, String holder) {
        return seals.seal("identity state", text + "\n" + Secrets.hash(holder));
    }

    String nonce(String sealed) {
        return seals.seal("identity nonce", sealed);
    }

    String verifier(String sealed) {
        return seals.seal("identity verifier", sealed);
    }

    /**
     * Opens what a browser has brought back. It counts no second time.
     *
     * @param session null: none
     * @throws SaasException {@code identity.expired}
     */
    SignInState open(String sealed, String browser, @Nullable String session) {
        int end = sealed.length() > LONGEST ? 0 : Math.max(sealed.lastIndexOf('.'), 0);
        String text = sealed.substring(0, end);
        Optional<SignInState> state = SignInState.parse(text)
                .filter(each -> context.now().isBefore(each.until()))
                .filter(each -> {
                    String holder = each.purpose() == Purpose.SIGN_IN ? browser : session;
                    return holder != null && Secrets.sameText(sealed, text + "." + seal(text, holder));
                });
        if (state.isEmpty() || !useUp(sealed)) {
            throw expired();
        }
        return state.get();
    }

    /** Returns false if it was used before. */
    private boolean useUp(String sealed) {
        Instant until = context.now().plus(ProviderSignIns.STATE_LIFE).plus(USED_KEPT);
        try {
            context.catalog()
                    .transact(tx -> tx.records(RecordTypes.USED_CHALLENGES)
                            .insert(new UsedChallenge(0, Secrets.hash(sealed), until)));
            return true;
        } catch (SaasException e) {
            if (e.code().equals(ErrorCodes.RECORD_DUPLICATE)) {
                return false;
            }
            throw e;
        }
    }

    static SaasException expired() {
        return SaasException.notAllowed(
                ErrorCodes.IDENTITY_EXPIRED,
                "The sign-in took too long, was finished already, or was started in another browser or session. Start"
                        + " it again.");
    }
}
