// SPDX-License-Identifier: Apache-2.0
/** Sends emails to the owners of tenants and to the users of accounts. */
module dev.allotment.mail {
    requires transitive dev.allotment.api;
    requires jakarta.mail;
    requires static org.jspecify;

    exports dev.allotment.mail;
}
