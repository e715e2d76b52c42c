// SPDX-License-Identifier: Apache-2.0
package dev.allotment.payments;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What verifies signatures: secrets that both sides know, and public keys. A text is one or the other, and never used
 * as both, so a sender cannot choose the kind. Thread-safe.
 */
final class Secrets {
    private static final String HMAC = "HmacSHA256";
    private static final String PEM = "-----BEGIN" + " PUBLIC KEY-----";
    private static final String PEM_END = "-----END PUBLIC KEY-----";
    private static final int SHORTEST = 16;

    private final List<SecretKeySpec> shared;
    private final List<PublicKey> keys;

    private Secrets(List<SecretKeySpec> shared, List<PublicKey> keys) {
        this.shared = List.copyOf(shared);
        this.keys = List.copyOf(keys);
    }

    /**
     * Reads secrets that are separated by commas: several are valid while one is replaced.
     *
     * @throws SaasException {@code setting.invalid} for one that is too short to be a secret, or is no public key
     */
    static Secrets of(String text) {
        List<SecretKeySpec> shared = new ArrayList<>();
        List<PublicKey> keys = new ArrayList<>();
        for (String each : text.split(",")) {
            String one = each.strip();
            if (one.startsWith(PEM)) {
                keys.add(publicKey(one));
            } else if (one.length() < SHORTEST) {
                throw SaasException.invalid(
                        ErrorCodes.SETTING_INVALID,
                        "The secret of a receiver of payments has at least " + SHORTEST
                                + " characters, or is a public key in PEM. Several are separated by commas.");
            } else {
                shared.add(new SecretKeySpec(one.getBytes(StandardCharsets.UTF_8), HMAC));
            }
        }
        return new Secrets(shared, keys);
    }

    private static PublicKey publicKey(String pem) {
        try {
            String base64 = pem.replace(PEM, "").replace(PEM_END, "").replaceAll("\\s", "");
            return KeyFactory.getInstance("RSA")
                    .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(base64)));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw SaasException.invalid(
                    ErrorCodes.SETTING_INVALID,
                    "The public key of a receiver of payments is an RSA key in PEM, which starts with " + PEM + ".");
        }
    }

    /** Whether one of the signatures was made with one of the secrets. Takes the same time for each of them. */
    boolean signed(byte[] content, List<byte[]> signatures) {
        boolean signed = false;
        for (SecretKeySpec each : shared) {
            byte[] expected = hmac(each, content);
            for (byte[] signature : signatures) {
                signed |= MessageDigest.isEqual(expected, signature);
            }
        }
        return signed;
    }

    private static byte[] hmac(SecretKeySpec secret, byte[] content) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(secret);
            return mac.doFinal(content);
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether a signature was made with the private key of one of the public keys. */
    boolean signedByKey(byte[] content, byte[] signature) {
        return keys.stream().anyMatch(each -> verified(each, content, signature));
    }

    private static boolean verified(PublicKey key, byte[] content, byte[] signature) {
        try {
            Signature verifier = Signature.getInstance("SHA256withRSA");
            verifier.initVerify(key);
            verifier.update(content);
            return verifier.verify(signature);
        } catch (SignatureException e) {
            // It does not even have the form of one.
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The bytes of a text in Base64 or in its form for addresses; empty if it is neither. */
    static byte[] base64(String text) {
        try {
            return Base64.getUrlDecoder().decode(text.strip().replace('+', '-').replace('/', '_'));
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    /** The bytes of a text in hexadecimal; empty if it is none. */
    static byte[] hex(String text) {
        byte[] bytes = new byte[text.length() / 2];
        for (int i = 0; i < bytes.length; i++) {
            int high = Character.digit(text.charAt(2 * i), 16);
            int low = Character.digit(text.charAt(2 * i + 1), 16);
            if (high < 0 || low < 0) {
                return new byte[0];
            }
            bytes[i] = (byte) (high << 4 | low);
        }
        return text.length() % 2 == 0 ? bytes : Arrays.copyOf(bytes, 0);
    }
}
