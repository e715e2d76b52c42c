// SPDX-License-Identifier: Apache-2.0
package dev.allotment.access;

import dev.allotment.Internal;
import dev.allotment.Needs;
import dev.allotment.NeedsProof;
import dev.allotment.Parameter;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.UserId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The passkeys of accounts (WebAuthn). Signing in with one takes neither a password nor a code, see {@link
 * SignIns#enterPasskey}: the authenticator has verified its user. The password of the account still signs in.
 *
 * <p>Passkeys are bound to the origin and the host of {@link Parameter#BASE_URL}, regardless of what a request says.
 * They need a host with a name, and TLS unless it is {@code localhost}. A challenge is valid for {@link
 * #CHALLENGE_LIFE}, once, for one account or browser. All binary values are texts in base64url without padding, as
 * browsers send them. Safe for use by several threads.
 */
public interface Passkeys {
    /** How many passkeys an account can have. */
    int MAX_PASSKEYS = 10;

    /** How long a challenge can be answered. */
    Duration CHALLENGE_LIFE = Duration.ofMinutes(5);

    /** The COSE algorithms that are offered, the preferred one first: ES256, EdDSA and RS256. */
    List<Integer> ALGORITHMS = List.of(-7, -8, -257);

    /**
     * Returns whether this installation has passkeys: the module {@code allotment-passkeys} is there, and {@link
     * Parameter#BASE_URL} is an address that browsers allow them for.
     */
    @Needs({})
    boolean available();

    /**
     * Returns the passkeys of an account, the oldest first. A user sees its own, an administrator all.
     *
     * @throws SaasException {@code access.not-allowed}
     */
    @Needs({})
    List<Passkey> list(UserId user);

    /**
     * Returns what a browser needs to make a passkey for the acting user. Nothing is stored.
     *
     * @throws SaasException {@code access.passkeys-unavailable}, {@code access.passkey-limit}, {@code
     *     access.not-allowed} for another user
     */
    @NeedsProof
    @Needs({})
    Creation start(UserId user);

    /**
     * Adds the passkey that a browser has made.
     *
     * @param name what the user calls it, up to 64 characters
     * @throws SaasException {@code access.passkey-refused} if the answer is wrong, late, or was sent before, {@code
     *     access.passkey-invalid} for the name, and as {@link #start}
     */
    @Needs({})
    Passkey add(UserId user, String name, NewPasskey passkey);

    /**
     * Changes the name of a passkey of the acting user.
     *
     * @param passkey the {@link Passkey#id}
     * @throws SaasException {@code record.missing}, {@code access.passkey-invalid}, {@code access.not-allowed} for
     *     another user
     */
    @Needs({})
    Passkey rename(UserId user, long passkey, String name);

    /**
     * Removes a passkey of the acting user. It does not sign in any more. Sessions stay open.
     *
     * @param passkey the {@link Passkey#id}
     * @throws SaasException {@code record.missing}, {@code access.not-allowed} for another user
     */
    @NeedsProof
    @Needs({})
    void remove(UserId user, long passkey);

    /**
     * A passkey.
     *
     * @param id its number, which is not a secret
     * @param name what its user calls it
     * @param transports how browsers reach its authenticator, such as {@code internal}
     * @param backupEligible whether it may be copied to other devices of its user
     * @param backedUp whether it was, when it was last used
     * @param lastUsedAt when its user last signed in with it; null: never
     */
    record Passkey(
            long id,
            String name,
            List<String> transports,
            boolean backupEligible,
            boolean backedUp,
            Instant createdAt,
            @Nullable Instant lastUsedAt) {
        /** Creates a record from all its components. Only the core does, see {@link Saas#passkeys}. */
        @Internal
        public Passkey {
            transports = List.copyOf(transports);
        }
    }

    /**
     * What a browser needs to make a passkey: the options of {@code navigator.credentials.create}. User verification
     * and a discoverable credential are required, an attestation is not wanted.
     *
     * @param request the challenge and the domain that the passkey is bound to
     * @param userHandle of the account, in base64url
     * @param login of the account
     * @param displayName of the user
     * @param excluded the credentials that the account has, each of which its authenticator refuses to replace
     */
    record Creation(Request request, String userHandle, String login, String displayName, List<String> excluded) {
        /** Copies the list. */
        public Creation {
            excluded = List.copyOf(excluded);
        }
    }

    /**
     * A passkey as a browser has made it.
     *
     * @param challenge of the {@link Creation#request}
     * @param clientData {@code clientDataJSON} of the answer
     * @param attestation {@code attestationObject} of the answer
     * @param transports the browser reports for the new credential, as in WebAuthn
     */
    record NewPasskey(String challenge, String clientData, String attestation, List<String> transports) {
        /** Copies the list. */
        public NewPasskey {
            transports = List.copyOf(transports);
        }
    }

    /**
     * What a browser needs to make or use a passkey. User verification is required.
     *
     * @param challenge to be signed, and to be sent back
     * @param relyingParty the domain that the passkeys are bound to
     */
    record Request(String challenge, String relyingParty) {}

    /**
     * The answer of a browser in which a passkey was used.
     *
     * @param challenge of the {@link Request}
     * @param credential the id of the credential
     * @param response of its authenticator
     */
    record Answer(String challenge, String credential, Response response) {}

    /**
     * The response of an authenticator, as in WebAuthn.
     *
     * @param clientData {@code clientDataJSON}
     * @param userHandle of the account; null: the authenticator does not say
     */
    record Response(
            String clientData,
            String authenticatorData,
            String signature,
            @Nullable String userHandle) {}
}
