// SPDX-License-Identifier: Apache-2.0
package dev.allotment.test;

import dev.allotment.access.Passkeys.Answer;
import dev.allotment.access.Passkeys.Creation;
import dev.allotment.access.Passkeys.NewPasskey;
import dev.allotment.access.Passkeys.Request;
import dev.allotment.access.Passkeys.Response;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A browser with an authenticator that has one passkey, with the keys of the JDK. It can do what real ones do not, such
 * as to claim another origin. Not safe for use by several threads.
 */
public final class PasskeyDevice {
    private static final int PRESENT = 0x01;
    private static final int VERIFIED = 0x04;
    private static final int BACKED_UP = 0x18;
    private static final int WITH_CREDENTIAL = 0x40;
    private static final byte[] ATTESTATION_HEAD = {
        (byte) 0xa3,
        0x63,
        'f',
        'm',
        't',
        0x64,
        'n',
        'o',
        'n',
        'e',
        0x67,
        'a',
        't',
        't',
        'S',
        't',
        'm',
        't',
        (byte) 0xa0,
        0x68,
        'a',
        'u',
        't',
        'h',
        'D',
        'a',
        't',
        'a',
        0x59
    };

    private final byte[] credential = new byte[32];
    private final boolean large;
    private KeyPair keys;
    private String origin;
    private boolean verifies = true;
    private long counter = 1;
    private @Nullable String userHandle;

    private PasskeyDevice(String origin, boolean large) {
        this.origin = origin;
        this.large = large;
        new SecureRandom().nextBytes(credential);
        keys = newKeys(large);
    }

    /** Creates a device that shows pages of an origin, and signs with ES256. */
    public static PasskeyDevice at(String origin) {
        return new PasskeyDevice(origin, false);
    }

    /** Creates a device that signs with ES384, which no request offers. */
    public static PasskeyDevice withOtherAlgorithm(String origin) {
        return new PasskeyDevice(origin, true);
    }

    private static KeyPair newKeys(boolean large) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(large ? "secp384r1" : "secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Shows pages of another origin from now on. */
    public PasskeyDevice moveTo(String other) {
        origin = other;
        return this;
    }

    /** Sets whether it verifies its user. Default: it does. */
    public PasskeyDevice verifies(boolean value) {
        verifies = value;
        return this;
    }

    /** Sets the next value of its counter. Default: 1. */
    public PasskeyDevice counter(long value) {
        counter = value;
        return this;
    }

    /** Replaces its key, as a thief who knows only the id of the credential would. */
    public PasskeyDevice withAnotherKey() {
        keys = newKeys(large);
        return this;
    }

    /** Returns the id of the credential in base64url. */
    public String credential() {
        return text(credential);
    }

    /** Makes the passkey. */
    public NewPasskey make(Creation creation) {
        userHandle = creation.userHandle();
        byte[] data = authenticatorData(creation.request().relyingParty(), WITH_CREDENTIAL, publicKey());
        ByteArrayOutputStream attestation = new ByteArrayOutputStream();
        attestation.writeBytes(ATTESTATION_HEAD);
        attestation.write(data.length >> 8);
        attestation.write(data.length);
        attestation.writeBytes(data);
        return new NewPasskey(
                creation.request().challenge(),
                text(clientData("webauthn.create", creation.request().challenge())),
                text(attestation.toByteArray()),
                List.of("internal", "hybrid", "invented"));
    }

    /** Uses the passkey. */
    public Answer use(Request request) {
        byte[] client = clientData("webauthn.get", request.challenge());
        byte[] data = authenticatorData(request.relyingParty(), 0, new byte[0]);
        try {
            Signature signature = Signature.getInstance(large ? "SHA384withECDSA" : "SHA256withECDSA");
            signature.initSign(keys.getPrivate());
            signature.update(data);
            signature.update(sha256(client));
            return new Answer(
                    request.challenge(),
                    credential(),
                    new Response(text(client), text(data), text(signature.sign()), userHandle));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] clientData(String type, String challenge) {
        return ("{\"type\":\"" + type + "\",\"challenge\":\"" + challenge + "\",\"origin\":\"" + origin
                        + "\",\"crossOrigin\":false}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private byte[] authenticatorData(String relyingParty, int flags, byte[] made) {
        int all = PRESENT | BACKED_UP | (verifies ? VERIFIED : 0) | flags;
        byte[] head = ByteBuffer.allocate(37)
                .put(sha256(relyingParty.getBytes(StandardCharsets.UTF_8)))
                .put((byte) all)
                .putInt((int) counter++)
                .array();
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        data.writeBytes(head);
        if (made.length > 0) {
            data.writeBytes(new byte[16]);
            data.write(credential.length >> 8);
            data.write(credential.length);
            data.writeBytes(credential);
            data.writeBytes(made);
        }
        return data.toByteArray();
    }

    /** As a COSE key: a map with the type, the algorithm, the curve and the point. */
    private byte[] publicKey() {
        int size = large ? 48 : 32;
        ECPublicKey key = (ECPublicKey) keys.getPublic();
        ByteArrayOutputStream cose = new ByteArrayOutputStream();
        cose.writeBytes(
                large
                        ? new byte[] {(byte) 0xa5, 0x01, 0x02, 0x03, 0x38, 0x22, 0x20, 0x02}
                        : new byte[] {(byte) 0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01});
        cose.writeBytes(new byte[] {0x21, 0x58, (byte) size});
        cose.writeBytes(fixed(key.getW().getAffineX(), size));
        cose.writeBytes(new byte[] {0x22, 0x58, (byte) size});
        cose.writeBytes(fixed(key.getW().getAffineY(), size));
        return cose.toByteArray();
    }

    private static byte[] fixed(BigInteger number, int size) {
        byte[] bytes = number.toByteArray();
        byte[] fixed = new byte[size];
        byte[] used = bytes.length > size ? Arrays.copyOfRange(bytes, bytes.length - size, bytes.length) : bytes;
        System.arraycopy(used, 0, fixed, size - used.length, used.length);
        return fixed;
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
