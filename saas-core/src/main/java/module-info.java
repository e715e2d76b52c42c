// SPDX-License-Identifier: Apache-2.0
/** The domain of Allotment. */
module dev.allotment.core {
    requires transitive dev.allotment.api;
    requires static org.jspecify;

    uses dev.allotment.spi.backend.BackendProvider;
    uses dev.allotment.hook.AddonSource;
    uses dev.allotment.hook.SaasListener;
    uses dev.allotment.hook.TxtRecords;
    uses dev.allotment.spi.openid.OpenIdReader;
    uses dev.allotment.spi.passkey.PasskeyVerifier;

    provides dev.allotment.spi.core.SaasProvider with
            dev.allotment.core.CoreProvider;
}
