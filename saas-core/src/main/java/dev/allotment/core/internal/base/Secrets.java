// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.base;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Creates secrets, and the hashes that are stored instead of them. */
public final class Secrets {
    private static final int SECRET_BYTES = 32;
    private static final int API_KEY_BYTES = 20;

    private final SecureRandom random;
    private final SecretKeySpec key;

    public Secrets(SecureRandom random) {
        this.random = random;
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        this.key = new SecretKeySpec(bytes, "HmacSHA256");
    }

    public SecureRandom random() {
        return random;
    }

    /** 256 random bits in base64url. */
    public String next() {
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** The secret of an API key: 160 random bits in hexadecimal. */
    public String apiKey() {
        byte[] bytes = new byte[API_KEY_BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** A random UUID, of version 4. */
    public UUID uuid() {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        long high = 0;
        long low = 0;
        for (int i = 0; i < 8; i++) {
            high = (high << 8) | (bytes[i] & 0xff);
            low = (low << 8) | (bytes[i + 8] & 0xff);
        }
        return new UUID((high & 0xffffffffffff0fffL) | 0x4000L, (low & 0x3fffffffffffffffL) | 0x8000000000000000L);
    }

    /** The code challenge of a verifier, by RFC 7636, S256. */
    public static String challenge(String verifier) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(digest(verifier));
    }

    /** Compares in constant time. */
    public static boolean sameText(String a, String b) {
        return MessageDigest.isEqual(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
    }

    /** SHA-256 in hexadecimal: enough for what has 256 random bits. */
    public static String hash(String secret) {
        return HexFormat.of().formatHex(digest(secret));
    }

    private static byte[] digest(String text) {
        return sha256().digest(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns a new digest. */
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JDK has no SHA-256", e);
        }
    }

    /** Keyed with a secret of this process, so that a leaked memory of passwords is useless elsewhere. */
    public byte[] keyedHash(String text) {
        return mac(key, text);
    }

    /** Derives a secret from one of {@link #next}; it is as hard to guess. */
    public static String derived(String secret, String purpose) {
        SecretKeySpec key = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256");
        return Base64.getUrlEncoder().withoutPadding().encodeToString(mac(key, purpose));
    }

    private static byte[] mac(SecretKeySpec key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JDK has no HmacSHA256", e);
        }
    }
}
