// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.export;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts what is written with a passphrase, in the format of {@code openssl enc -aes-256-cbc -pbkdf2 -md sha256}:
 * {@code Salted__}, a salt, and the encrypted bytes. Closing it writes the end, unless nothing was written, and does
 * not close the stream below. The key is derived at the first write, since that takes long. Not thread-safe.
 */
final class PassphraseOutput extends OutputStream {
    /** The iterations of PBKDF2. Who decrypts has to name the number, so it is in the documentation. */
    static final int ITERATIONS = 600_000;

    private static final byte[] HEAD = "Salted__".getBytes(StandardCharsets.US_ASCII);
    private static final int SALT_BYTES = 8;
    private static final int KEY_BYTES = 32;
    private static final int IV_BYTES = 16;
    private static final int LEAST_CHARACTERS = 12;
    /** The openssl program reads no more. */
    private static final int MOST_BYTES = 500;

    private final OutputStream out;
    private final String passphrase;
    private final int iterations;
    private final SecureRandom random;
    private @Nullable Cipher cipher;

    /** @throws SaasException {@code export.passphrase-invalid} */
    PassphraseOutput(OutputStream out, String passphrase, int iterations, SecureRandom random) {
        this.out = out;
        this.passphrase = passphrase;
        this.iterations = iterations;
        this.random = random;
        if (passphrase.codePointCount(0, passphrase.length()) < LEAST_CHARACTERS
                || passphrase.chars().anyMatch(Character::isISOControl)
                || !StandardCharsets.UTF_8.newEncoder().canEncode(passphrase)
                || passphrase.getBytes(StandardCharsets.UTF_8).length > MOST_BYTES) {
            throw SaasException.invalid(
                    ErrorCodes.EXPORT_PASSPHRASE_INVALID,
                    "The passphrase of an export has at least " + LEAST_CHARACTERS + " characters, at most "
                            + MOST_BYTES + " bytes, and no control characters. Nothing was exported. Choose another"
                            + " one.");
        }
    }

    @Override
    public void write(int next) throws IOException {
        write(new byte[] {(byte) next}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (length > 0) {
            byte[] encrypted = started().update(bytes, offset, length);
            if (encrypted != null) {
                out.write(encrypted);
            }
        }
    }

    private Cipher started() throws IOException {
        Cipher known = cipher;
        if (known != null) {
            return known;
        }
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        Cipher started = cipher(salt);
        cipher = started;
        out.write(HEAD);
        out.write(salt);
        return started;
    }

    private Cipher cipher(byte[] salt) {
        int bits = (KEY_BYTES + IV_BYTES) * Byte.SIZE;
        PBEKeySpec derivation = new PBEKeySpec(passphrase.toCharArray(), salt, iterations, bits);
        try {
            byte[] derived = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(derivation)
                    .getEncoded();
            Cipher made = Cipher.getInstance("AES/CBC/PKCS5Padding");
            made.init(
                    Cipher.ENCRYPT_MODE,
                    new SecretKeySpec(derived, 0, KEY_BYTES, "AES"),
                    new IvParameterSpec(Arrays.copyOfRange(derived, KEY_BYTES, derived.length)));
            return made;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JDK has no AES or no PBKDF2WithHmacSHA256", e);
        } finally {
            derivation.clearPassword();
        }
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        Cipher used = cipher;
        if (used != null) {
            cipher = null;
            try {
                out.write(used.doFinal());
            } catch (GeneralSecurityException e) {
                throw new IOException("An export could not be encrypted to its end", e);
            }
            out.flush();
        }
    }
}
