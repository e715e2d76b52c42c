// SPDX-License-Identifier: Apache-2.0
package dev.allotment.test;

import com.eatthepath.otp.TimeBasedOneTimePasswordGenerator;
import java.security.InvalidKeyException;
import java.time.Instant;
import java.util.function.Supplier;
import javax.crypto.spec.SecretKeySpec;

/** An app that a user has, with an implementation of another project. It reads only what the address says. */
public final class AuthenticatorApp {
    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    private final byte[] secret;
    private final Supplier<Instant> clock;

    /** @param uri the {@code otpauth} address of a setup */
    public AuthenticatorApp(String uri, Supplier<Instant> clock) {
        String text = uri.replaceFirst(".*secret=([A-Z2-7]+).*", "$1");
        secret = new byte[text.length() * 5 / 8];
        for (int bit = 0; bit < secret.length * 8; bit++) {
            int value = BASE32.indexOf(text.charAt(bit / 5)) >> (4 - bit % 5) & 1;
            secret[bit / 8] |= (byte) (value << (7 - bit % 8));
        }
        this.clock = clock;
    }

    /** Returns the code that the app shows now. */
    public String code() {
        return codeAt(clock.get());
    }

    /** Returns the code that the app shows at a time. */
    public String codeAt(Instant time) {
        try {
            TimeBasedOneTimePasswordGenerator generator = new TimeBasedOneTimePasswordGenerator();
            return generator.generateOneTimePasswordString(new SecretKeySpec(secret, generator.getAlgorithm()), time);
        } catch (InvalidKeyException e) {
            throw new IllegalStateException(e);
        }
    }
}
