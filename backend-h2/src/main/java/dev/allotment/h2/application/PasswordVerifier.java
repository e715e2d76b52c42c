// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2.application;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;

/** The stored form of an application's password. A cheap hash is enough, because these passwords are generated. */
public final class PasswordVerifier {
    private static final int SALT_BYTES = 16;

    private PasswordVerifier() {}

    /** Hashes a password with a new salt. */
    public static byte[] of(String password, SecureRandom random) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return of(password, salt);
    }

    /** Whether a password is the one that was hashed; false for an empty verifier. Takes constant time. */
    public static boolean matches(byte[] verifier, String password) {
        return verifier.length > SALT_BYTES
                && MessageDigest.isEqual(verifier, of(password, Arrays.copyOf(verifier, SALT_BYTES)));
    }

    private static byte[] of(String password, byte[] salt) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(salt);
            byte[] hash = digest.digest(password.getBytes(StandardCharsets.UTF_8));
            byte[] verifier = Arrays.copyOf(salt, salt.length + hash.length);
            System.arraycopy(hash, 0, verifier, salt.length, hash.length);
            return verifier;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256.", e);
        }
    }
}
