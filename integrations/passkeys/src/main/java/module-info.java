// SPDX-License-Identifier: Apache-2.0
/** Verifies passkeys. The control plane finds it with ServiceLoader. */
module dev.allotment.passkeys {
    requires dev.allotment.api;
    requires com.webauthn4j.core;
    requires static org.jspecify;

    provides dev.allotment.spi.passkey.PasskeyVerifier with
            dev.allotment.passkeys.WebAuthnVerifier;
}
