// SPDX-License-Identifier: Apache-2.0
/** Reads the answers of identity providers. The control plane finds it with ServiceLoader. */
module dev.allotment.openid {
    requires dev.allotment.api;
    requires com.nimbusds.jose.jwt;
    requires static org.jspecify;

    provides dev.allotment.spi.openid.OpenIdReader with
            dev.allotment.openid.NimbusReader;
}
