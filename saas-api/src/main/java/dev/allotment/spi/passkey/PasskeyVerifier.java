// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.passkey;

import java.util.List;
import java.util.Optional;

/**
 * Verifies the answers of authenticators by the rules of WebAuthn. Registered with ServiceLoader, with a public
 * constructor without arguments. A control plane without one has no passkeys.
 *
 * <p>All binary values are texts in base64url without padding, as browsers send them. They come from outside and may be
 * anything: what cannot be read is refused as what is wrong. Implementations are safe for use by several threads, do no
 * I/O and store nothing. The control plane makes the challenges, ensures that each is used once, and stores the
 * credentials.
 */
public interface PasskeyVerifier {
    /**
     * Verifies a new credential. Its user must have been verified by the authenticator. What the authenticator says
     * about its maker is neither requested nor judged.
     *
     * @param algorithms the COSE algorithms that were offered
     * @return empty if it is refused
     */
    Optional<NewCredential> verify(Ceremony ceremony, Registration registration, List<Integer> algorithms);

    /**
     * Verifies the use of a credential. Its user must have been verified by the authenticator. A counter that is not
     * above the stored one is refused, unless both are 0.
     *
     * @return empty if it is refused
     */
    Optional<CredentialUse> verify(Ceremony ceremony, KnownCredential credential, Assertion assertion);

    /**
     * What an answer must be for.
     *
     * @param origin of the page, such as {@code https://portal.example.com}
     * @param relyingParty the domain that credentials are bound to, such as {@code portal.example.com}
     * @param challenge that the authenticator has signed
     */
    record Ceremony(String origin, String relyingParty, String challenge) {}

    /** The answer of an authenticator that has made a credential. */
    record Registration(String clientData, String attestation) {}

    /** The answer of an authenticator that has used a credential. */
    record Assertion(String clientData, String authenticatorData, String signature) {}

    /**
     * A credential that was made.
     *
     * @param id chosen by the authenticator
     * @param publicKey as a COSE key
     * @param counter of its uses; 0 if the authenticator does not count
     * @param backupEligible whether it may be copied to other devices of its user
     * @param backedUp whether it was
     */
    record NewCredential(String id, String publicKey, long counter, boolean backupEligible, boolean backedUp) {}

    /** A credential as it was stored, see {@link NewCredential}. */
    record KnownCredential(String id, String publicKey, long counter, boolean backupEligible, boolean backedUp) {}

    /**
     * A use of a credential that was accepted.
     *
     * @param counter to be stored
     * @param backedUp to be stored
     */
    record CredentialUse(long counter, boolean backedUp) {}
}
