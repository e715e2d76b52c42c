// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.base;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.core.internal.rule.TextRules;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts the passwords and keys that have to be read again with a key that only the embedder knows: AES-256-GCM,
 * bound to the server or tenant that they are for, so that they cannot be used for another. Older keys decrypt, too.
 * Thread-safe.
 */
public final class SecretCipher {
    public static final int SHORTEST_KEY = 16;

    private static final String FORMAT = "1.";
    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final int KEY_BITS = 256;
    /** Iterations of PBKDF2 from the secret to the key. All nodes must use the same number, so it is not a setting. */
    public static final int ITERATIONS = 100_000;

    private static final byte[] SALT = "dev.allotment server passwords".getBytes(StandardCharsets.UTF_8);

    private final Supplier<List<String>> secrets;
    private final int iterations;
    private final SecureRandom random;
    /** Of the present secrets. Guarded by this. */
    private final Map<String, SecretKeySpec> keys = new HashMap<>();

    /** @param secrets the first one encrypts; if there is none, nothing can be encrypted or decrypted */
    public SecretCipher(Supplier<List<String>> secrets, int iterations, SecureRandom random) {
        this.secrets = secrets;
        this.iterations = iterations;
        this.random = random;
    }

    /** The cipher of another installation. */
    public SecretCipher of(List<String> others) {
        List<String> known = List.copyOf(others);
        return new SecretCipher(() -> known, iterations, random);
    }

    /** Whether anything can be encrypted or decrypted. */
    public boolean hasKey() {
        return !secrets.get().isEmpty();
    }

    /**
     * Encrypts the password of a database server.
     *
     * @throws SaasException {@code server.key-missing}
     */
    public String seal(String server, String password) {
        requireKey(server);
        return encrypt(server, password);
    }

    /**
     * Decrypts the password of a database server.
     *
     * @throws SaasException {@code server.key-missing}, {@code server.key-wrong}
     */
    public String open(String server, String sealed) {
        requireKey(server);
        return decrypt(server, sealed)
                .orElseThrow(() -> new SaasException(
                        ErrorCategory.CONFLICT,
                        ErrorCodes.SERVER_KEY_WRONG,
                        "The password of database server " + TextRules.describe(server)
                                + " was encrypted with another secret key. Give this process that key, or"
                                + " set the password of the server again.",
                        Map.of("server", server),
                        false,
                        null));
    }

    /**
     * Encrypts a text with the first key. Only called with a key.
     *
     * @param purpose names what the text is for: it decrypts for nothing else
     */
    public String encrypt(String purpose, String text) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, keys().get(0), purpose, nonce)
                    .doFinal(text.getBytes(StandardCharsets.UTF_8));
            byte[] all = new byte[NONCE_BYTES + sealed.length];
            System.arraycopy(nonce, 0, all, 0, NONCE_BYTES);
            System.arraycopy(sealed, 0, all, NONCE_BYTES, sealed.length);
            return FORMAT + Base64.getEncoder().withoutPadding().encodeToString(all);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JDK cannot encrypt with " + CIPHER, e);
        }
    }

    /** Decrypts a text; empty if none of the keys or another purpose encrypted it, or it was changed. */
    public Optional<String> decrypt(String purpose, String sealed) {
        return keys().stream()
                .flatMap(key -> decrypt(key, purpose, sealed).stream())
                .findFirst();
    }

    /** Whether the first key encrypted a text. Only called with a key. */
    public boolean isCurrent(String purpose, String sealed) {
        return decrypt(keys().get(0), purpose, sealed).isPresent();
    }

    /** Whether there are keys that decrypt only. */
    public boolean hasOlderKeys() {
        return secrets.get().size() > 1;
    }

    /** A number that is another one, most probably, if the keys are. */
    public int version() {
        return secrets.get().hashCode();
    }

    private static Optional<String> decrypt(SecretKeySpec key, String purpose, String sealed) {
        if (!sealed.startsWith(FORMAT)) {
            return Optional.empty();
        }
        try {
            byte[] all = Base64.getDecoder().decode(sealed.substring(FORMAT.length()));
            if (all.length < NONCE_BYTES + TAG_BITS / Byte.SIZE) {
                return Optional.empty();
            }
            byte[] text =
                    cipher(Cipher.DECRYPT_MODE, key, purpose, all).doFinal(all, NONCE_BYTES, all.length - NONCE_BYTES);
            return Optional.of(new String(text, StandardCharsets.UTF_8));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * Refuses to continue without a key.
     *
     * @throws SaasException {@code server.key-missing}
     */
    public void requireKey(String server) {
        if (!hasKey()) {
            throw new SaasException(
                    ErrorCategory.INVALID_INPUT,
                    ErrorCodes.SERVER_KEY_MISSING,
                    "Database server " + TextRules.describe(server)
                            + " has a password, which is stored only encrypted, and"
                            + " this process has no secret key. Give every node the same one, of "
                            + SHORTEST_KEY
                            + " characters at least: Saas.builder().secretKey(…), or --secret-key or"
                            + " SAAS_SECRET_KEY of the server.",
                    Map.of("server", server),
                    false,
                    null);
        }
    }

    private static Cipher cipher(int mode, SecretKeySpec key, String purpose, byte[] nonce)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(CIPHER);
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce, 0, NONCE_BYTES));
        cipher.updateAAD(purpose.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    private synchronized List<SecretKeySpec> keys() {
        List<String> present = secrets.get();
        keys.keySet().retainAll(present);
        return present.stream()
                .map(secret -> keys.computeIfAbsent(secret, this::key))
                .toList();
    }

    /**
     * Slow, as for passwords, since a person may have chosen the secret; so it runs once, and only when it is needed.
     */
    private SecretKeySpec key(String secret) {
        try {
            byte[] bytes = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(new PBEKeySpec(secret.toCharArray(), SALT, iterations, KEY_BITS))
                    .getEncoded();
            return new SecretKeySpec(bytes, "AES");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JDK cannot derive keys", e);
        }
    }
}
