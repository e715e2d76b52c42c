// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.request;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A random secret in a cookie of one browser, and the values derived from it. Derived values do not reveal the secret,
 * and every node can compute them.
 */
public record BrowserSecret(String value) {
    private static final int BYTES = 32;
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{43}");
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Returns 256 random bits in base64url, which also serve as a code verifier. */
    public static BrowserSecret random() {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return new BrowserSecret(text(bytes));
    }

    public static Optional<BrowserSecret> of(String text) {
        return FORM.matcher(text).matches() ? Optional.of(new BrowserSecret(text)) : Optional.empty();
    }

    /** Returns the token that this browser's forms carry. */
    public String form() {
        return derived("form:");
    }

    /** Returns the state that is sent to the portal and has to come back. */
    public String state() {
        return derived("state:");
    }

    /** Returns the code challenge for which the secret is the verifier (RFC 7636, S256). */
    public String challenge() {
        return derived("");
    }

    public boolean fitsForm(String given) {
        return same(form(), given);
    }

    public boolean fitsState(String given) {
        return same(state(), given);
    }

    private String derived(String purpose) {
        return text(sha256(purpose + value));
    }

    private static boolean same(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    public static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    private static String text(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Does not contain the secret. */
    @Override
    public String toString() {
        return "BrowserSecret";
    }
}
