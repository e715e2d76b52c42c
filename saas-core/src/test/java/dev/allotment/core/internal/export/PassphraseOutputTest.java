// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Random;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

final class PassphraseOutputTest {
    static final String PASSPHRASE = "Grüße aus 東京 \uD83D\uDE00";
    private static final int ITERATIONS = 1000;

    static byte[] archive() {
        byte[] bytes = new byte[100_003];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    static byte[] encrypted(byte[] plain, int iterations) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (PassphraseOutput encrypting = new PassphraseOutput(out, PASSPHRASE, iterations, new SecureRandom())) {
            encrypting.write(plain, 0, 70_000);
            encrypting.flush();
            encrypting.write(plain[70_000]);
            encrypting.write(plain, 70_001, plain.length - 70_001);
        }
        return out.toByteArray();
    }

    /** PBKDF2 by RFC 8018, written down once more. */
    private static byte[] derived(byte[] salt) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(PASSPHRASE.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        ByteBuffer derived = ByteBuffer.allocate(64);
        for (int block = 1; block <= 2; block++) {
            mac.update(salt);
            byte[] last = mac.doFinal(new byte[] {0, 0, 0, (byte) block});
            byte[] sum = last.clone();
            for (int i = 1; i < ITERATIONS; i++) {
                last = mac.doFinal(last);
                for (int j = 0; j < sum.length; j++) {
                    sum[j] ^= last[j];
                }
            }
            derived.put(sum);
        }
        return derived.array();
    }

    private static byte[] decrypted(byte[] encrypted) throws GeneralSecurityException {
        byte[] derived = derived(Arrays.copyOfRange(encrypted, 8, 16));
        Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
        cipher.init(
                Cipher.DECRYPT_MODE,
                new SecretKeySpec(derived, 0, 32, "AES"),
                new IvParameterSpec(Arrays.copyOfRange(derived, 32, 48)));
        return cipher.doFinal(encrypted, 16, encrypted.length - 16);
    }

    @Test
    void isInTheFormatOfOpenssl() throws Exception {
        byte[] plain = archive();
        byte[] encrypted = encrypted(plain, ITERATIONS);
        assertThat(new String(encrypted, 0, 8, StandardCharsets.US_ASCII)).isEqualTo("Salted__");
        assertThat(encrypted.length).isEqualTo(16 + (plain.length / 16 + 1) * 16);
        assertThat(decrypted(encrypted)).isEqualTo(plain);
        assertThat(encrypted(plain, ITERATIONS)).as("another salt").isNotEqualTo(encrypted);
    }

    @Test
    void writesNothingIfNothingWasExported() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new PassphraseOutput(out, PASSPHRASE, ITERATIONS, new SecureRandom()).close();
        assertThat(out.size()).isZero();
    }

    @Test
    void refusesAPassphraseThatIsWeakOrThatAProgramCannotRead() {
        for (String each :
                new String[] {"", "eleven char", "two lines in\na passphrase", "é".repeat(251), "half \uD83D of it"}) {
            assertThatThrownBy(() ->
                            new PassphraseOutput(new ByteArrayOutputStream(), each, ITERATIONS, new SecureRandom()))
                    .isInstanceOfSatisfying(
                            SaasException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCodes.EXPORT_PASSPHRASE_INVALID));
        }
    }
}
