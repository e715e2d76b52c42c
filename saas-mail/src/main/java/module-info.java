// SPDX-License-Identifier: Apache-2.0
/** Writes e-mail to the owners of client databases. */
module dev.allotment.mail {
    requires transitive dev.allotment.api;
    requires jakarta.mail;
    requires static org.jspecify;

    exports dev.allotment.mail;
}
