// SPDX-License-Identifier: Apache-2.0
/** Reads the answers of identity providers, and the DNS. The control plane finds it with ServiceLoader. */
module dev.allotment.openid {
    requires dev.allotment.api;
    requires java.naming;
    requires com.nimbusds.jose.jwt;
    requires static org.jspecify;

    provides dev.allotment.spi.openid.OpenIdReader with
            dev.allotment.openid.NimbusReader;
    provides dev.allotment.hook.TxtRecords with
            dev.allotment.openid.DnsTxtRecords;
}
