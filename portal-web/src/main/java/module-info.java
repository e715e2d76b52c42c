// SPDX-License-Identifier: Apache-2.0
/** The portal: sign-up, sign-in, a customer's databases and administration. */
// The package of the templates does not exist until they are compiled, which happens later.
@SuppressWarnings("opens")
module dev.allotment.portal {
    requires transitive dev.allotment.api;
    requires transitive dev.allotment.servlet;
    requires transitive jakarta.servlet;
    requires com.nimbusds.jose.jwt;
    requires gg.jte.runtime;
    requires io.nayuki.qrcodegen;
    requires oauth2.oidc.sdk;
    requires org.slf4j;
    requires static org.jspecify;

    exports dev.allotment.portal;
    exports dev.allotment.portal.mail;

    // The template engine finds a page's class by its name.
    opens dev.allotment.portal.pages to
            gg.jte.runtime;
}
