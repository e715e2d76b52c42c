// SPDX-License-Identifier: Apache-2.0
/**
 * The hub of Allotment: use cases, value types, errors, and the SPI that backends, protocol adapters and add-ons
 * implement.
 */
module dev.allotment.api {
    // At run time too: which parts of a record may be null is read from its annotations.
    requires transitive org.jspecify;

    exports dev.allotment;
    exports dev.allotment.access;
    exports dev.allotment.backup;
    exports dev.allotment.billing;
    exports dev.allotment.brand;
    exports dev.allotment.erasure;
    exports dev.allotment.fleet;
    exports dev.allotment.hook;
    exports dev.allotment.identity;
    exports dev.allotment.spi;
    exports dev.allotment.spi.backend;
    exports dev.allotment.spi.backup;
    exports dev.allotment.spi.core;
    exports dev.allotment.spi.openid;
    exports dev.allotment.spi.passkey;
    exports dev.allotment.spi.protocol;
    exports dev.allotment.support;
    exports dev.allotment.team;
    exports dev.allotment.text;
    exports dev.allotment.webhook;

    uses dev.allotment.spi.core.SaasProvider;
}
