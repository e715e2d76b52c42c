// SPDX-License-Identifier: Apache-2.0
package dev.allotment.passkeys;

import com.webauthn4j.WebAuthnManager;
import com.webauthn4j.converter.AttestedCredentialDataConverter;
import com.webauthn4j.converter.util.ObjectConverter;
import com.webauthn4j.credential.CredentialRecord;
import com.webauthn4j.credential.CredentialRecordImpl;
import com.webauthn4j.data.AuthenticationData;
import com.webauthn4j.data.AuthenticationParameters;
import com.webauthn4j.data.AuthenticationRequest;
import com.webauthn4j.data.PublicKeyCredentialParameters;
import com.webauthn4j.data.PublicKeyCredentialType;
import com.webauthn4j.data.RegistrationData;
import com.webauthn4j.data.RegistrationParameters;
import com.webauthn4j.data.RegistrationRequest;
import com.webauthn4j.data.attestation.authenticator.AttestedCredentialData;
import com.webauthn4j.data.attestation.authenticator.AuthenticatorData;
import com.webauthn4j.data.attestation.statement.COSEAlgorithmIdentifier;
import com.webauthn4j.data.attestation.statement.NoneAttestationStatement;
import com.webauthn4j.data.client.Origin;
import com.webauthn4j.data.client.challenge.DefaultChallenge;
import com.webauthn4j.server.ServerProperty;
import dev.allotment.spi.passkey.PasskeyVerifier;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/** Verifies passkeys with WebAuthn4J. Attestations are read, and not judged. */
public final class WebAuthnVerifier implements PasskeyVerifier {
    private static final Logger LOG = System.getLogger("dev.allotment.passkeys");
    private static final int AAGUID_BYTES = 16;
    /** What is before the public key, without the id of the credential: the AAGUID, and the length of the id. */
    private static final int HEAD_BYTES = AAGUID_BYTES + 2;
    /** Far above what authenticators send. */
    private static final int LONGEST_VALUE = 32_768;

    private final WebAuthnManager manager;
    private final AttestedCredentialDataConverter credentials;

    /** For ServiceLoader. */
    public WebAuthnVerifier() {
        ObjectConverter converter = new ObjectConverter();
        manager = WebAuthnManager.createNonStrictWebAuthnManager(converter);
        credentials = new AttestedCredentialDataConverter(converter);
    }

    @Override
    public Optional<NewCredential> verify(Ceremony ceremony, Registration registration, List<Integer> algorithms) {
        return unlessRefused(() -> {
            RegistrationData data = manager.verify(
                    new RegistrationRequest(bytes(registration.attestation()), bytes(registration.clientData())),
                    new RegistrationParameters(
                            server(ceremony),
                            algorithms.stream().map(WebAuthnVerifier::algorithm).toList(),
                            true,
                            true));
            AuthenticatorData<?> said =
                    Objects.requireNonNull(data.getAttestationObject()).getAuthenticatorData();
            AttestedCredentialData made = Objects.requireNonNull(said.getAttestedCredentialData());
            return new NewCredential(
                    text(made.getCredentialId()), key(made), said.getSignCount(), said.isFlagBE(), said.isFlagBS());
        });
    }

    @Override
    public Optional<CredentialUse> verify(Ceremony ceremony, KnownCredential credential, Assertion assertion) {
        return unlessRefused(() -> {
            AuthenticationData data = manager.verify(
                    new AuthenticationRequest(
                            bytes(credential.id()),
                            bytes(assertion.authenticatorData()),
                            bytes(assertion.clientData()),
                            bytes(assertion.signature())),
                    new AuthenticationParameters(server(ceremony), record(credential), null, true, true));
            AuthenticatorData<?> said = Objects.requireNonNull(data.getAuthenticatorData());
            return new CredentialUse(said.getSignCount(), said.isFlagBS());
        });
    }

    private static ServerProperty server(Ceremony ceremony) {
        return ServerProperty.builder()
                .origin(Origin.create(ceremony.origin()))
                .rpId(ceremony.relyingParty())
                .challenge(new DefaultChallenge(bytes(ceremony.challenge())))
                .build();
    }

    private static PublicKeyCredentialParameters algorithm(int number) {
        return new PublicKeyCredentialParameters(
                PublicKeyCredentialType.PUBLIC_KEY, COSEAlgorithmIdentifier.create(number));
    }

    private CredentialRecord record(KnownCredential known) {
        byte[] id = bytes(known.id());
        byte[] key = bytes(known.publicKey());
        AttestedCredentialData data = credentials.convert(ByteBuffer.allocate(HEAD_BYTES + id.length + key.length)
                .put(new byte[AAGUID_BYTES])
                .putShort((short) id.length)
                .put(id)
                .put(key)
                .array());
        return new CredentialRecordImpl(
                new NoneAttestationStatement(),
                true,
                known.backupEligible(),
                known.backedUp(),
                known.counter(),
                data,
                null,
                null,
                null,
                null);
    }

    private String key(AttestedCredentialData data) {
        byte[] all = credentials.convert(data);
        return text(Arrays.copyOfRange(all, HEAD_BYTES + data.getCredentialId().length, all.length));
    }

    private static byte[] bytes(String base64) {
        if (base64.length() > LONGEST_VALUE) {
            throw new IllegalArgumentException("A value is too long: " + base64.length() + " characters");
        }
        return Base64.getUrlDecoder().decode(base64);
    }

    private static String text(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Bytes from outside are parsed in several formats, so the library may fail in any way. All of it is a refusal. */
    private static <T> Optional<T> unlessRefused(Supplier<T> verification) {
        try {
            return Optional.of(verification.get());
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "The answer of an authenticator was refused", e);
            return Optional.empty();
        }
    }
}
