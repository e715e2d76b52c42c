// SPDX-License-Identifier: Apache-2.0
/** The portal's pages: signing up and in, one's own databases, and administration. */
// The package of the templates is there once they are compiled, which is after this.
@SuppressWarnings("opens")
module dev.allotment.portal {
    requires transitive dev.allotment.api;
    requires transitive dev.allotment.servlet;
    requires transitive jakarta.servlet;
    requires com.nimbusds.jose.jwt;
    requires gg.jte.runtime;
    requires oauth2.oidc.sdk;
    requires org.slf4j;
    requires static org.jspecify;

    exports dev.allotment.portal;

    // The template engine finds a page's class by its name.
    opens dev.allotment.portal.pages to
            gg.jte.runtime;
}
