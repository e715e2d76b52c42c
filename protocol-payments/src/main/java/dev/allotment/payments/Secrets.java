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
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What verifies signatures: secrets that both sides know, and public keys. A text is one or the other, and never used
 * as both, so a sender cannot choose the kind. Thread-safe.
 */
final class Secrets {
    private static final String HMAC = "HmacSHA256";
    private static final String ANY_PEM = "-----BEGIN";
    private static final String PEM = ANY_PEM + " PUBLIC KEY-----";
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
     * @throws SaasException {@code setting.invalid} for one that is too short to be a secret, or is a key
     */
    static Secrets shared(String text) {
        Secrets secrets = of(text);
        if (!secrets.keys.isEmpty()) {
            throw invalid("The secret of this receiver of payments is no public key. Copy the secret for signing.");
        }
        return secrets;
    }

    /**
     * Reads secrets and public keys that are separated by commas. A public key is in PEM, or that in Base64, as the API
     * of Lago returns it.
     *
     * @throws SaasException {@code setting.invalid} for one that is too short to be a secret, or is another form of a
     *     key: everyone may know that, so it is not a secret
     */
    static Secrets of(String text) {
        List<SecretKeySpec> shared = new ArrayList<>();
        List<PublicKey> keys = new ArrayList<>();
        for (String each : text.split(",")) {
            String one = plain(each);
            byte[] decoded = base64(one.replaceAll("\\s", ""));
            String inside = plain(new String(decoded, StandardCharsets.UTF_8));
            String pem = inside.contains(ANY_PEM) ? inside : one;
            if (pem.startsWith(PEM)) {
                keys.add(publicKey(pem));
            } else if (pem.contains(ANY_PEM) || isDer(decoded)) {
                throw notAKey();
            } else if (one.length() < SHORTEST) {
                throw invalid("The secret of a receiver of payments has at least " + SHORTEST
                        + " characters, or is a public key in PEM. Several are separated by commas.");
            } else {
                shared.add(new SecretKeySpec(one.getBytes(StandardCharsets.UTF_8), HMAC));
            }
        }
        return new Secrets(shared, keys);
    }

    /** A text without white space and byte order marks around it, which editors add. */
    private static String plain(String text) {
        return text.replace("\uFEFF", "").strip();
    }

    /** Whether the bytes are one sequence of ASN.1, as each key and each certificate is. */
    private static boolean isDer(byte[] bytes) {
        if (bytes.length < 2 || bytes[0] != 0x30) {
            return false;
        }
        int length = bytes[1] & 0xff;
        int head = length < 0x80 ? 2 : 2 + (length & 0x7f);
        if (head > 2) {
            length = 0;
            for (int i = 2; i < Math.min(head, bytes.length); i++) {
                length = (length << 8) | (bytes[i] & 0xff);
            }
        }
        return head <= 5 && head + length == bytes.length;
    }

    private static SaasException notAKey() {
        return invalid("The public key of a receiver of payments is an RSA key in PEM, which starts with " + PEM
                + ", or that in Base64.");
    }

    private static SaasException invalid(String message) {
        return SaasException.invalid(ErrorCodes.SETTING_INVALID, message);
    }

    private static PublicKey publicKey(String pem) {
        try {
            String base64 = pem.replace(PEM, "").replace(PEM_END, "").replaceAll("\\s", "");
            return KeyFactory.getInstance("RSA")
                    .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(base64)));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw notAKey();
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
        try {
            return HexFormat.of().parseHex(text);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }
}
