// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.authentication;

import static org.assertj.core.api.Assertions.assertThat;

import com.eatthepath.otp.TimeBasedOneTimePasswordGenerator;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.time.Instant;
import java.util.Random;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TotpTest {
    private static final byte[] SECRET = "12345678901234567890".getBytes(StandardCharsets.US_ASCII);

    /** Appendix B of RFC 6238 for SHA-1: the last six of its eight digits. */
    @ParameterizedTest
    @CsvSource({
        "59, 287082",
        "1111111109, 081804",
        "1111111111, 050471",
        "1234567890, 005924",
        "2000000000, 279037",
        "20000000000, 353130"
    })
    void computesTheCodesOfTheRfc(long second, String code) {
        assertThat(Totp.code(SECRET, Totp.step(Instant.ofEpochSecond(second)))).isEqualTo(code);
    }

    @Test
    void agreesWithAnotherImplementation() throws InvalidKeyException {
        TimeBasedOneTimePasswordGenerator other = new TimeBasedOneTimePasswordGenerator();
        Random random = new Random(42);
        for (int i = 0; i < 1000; i++) {
            byte[] secret = new byte[Totp.SECRET_BYTES];
            random.nextBytes(secret);
            Instant time = Instant.ofEpochSecond(random.nextLong(1L << 33));
            assertThat(Totp.code(secret, Totp.step(time)))
                    .isEqualTo(
                            other.generateOneTimePasswordString(new SecretKeySpec(secret, other.getAlgorithm()), time));
        }
    }

    @Test
    void acceptsOneStepOfDriftAndNoStepThatWasUsed() {
        Instant now = Instant.parse("2026-03-01T12:00:15Z");
        long step = Totp.step(now);
        for (long drift = -3; drift <= 3; drift++) {
            String code = Totp.code(SECRET, step + drift);
            assertThat(Totp.match(SECRET, code, now, 0).isPresent())
                    .as("drift %s", drift)
                    .isEqualTo(Math.abs(drift) <= 1);
            assertThat(Totp.match(SECRET, code, now, step).isPresent()).isEqualTo(drift == 1);
        }
        assertThat(Totp.match(SECRET, "", now, 0)).isEmpty();
    }

    /** RFC 4648 has no example of whole groups of five bytes but this one. */
    @Test
    void encodesBase32() {
        assertThat(Totp.base32("fooba".getBytes(StandardCharsets.US_ASCII))).isEqualTo("MZXW6YTB");
        assertThat(Totp.base32(SECRET)).isEqualTo("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }
}
