// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.request;

import dev.allotment.Parameter;
import dev.allotment.Saas;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** The portal's addresses, as tenants need them. */
public record PortalClient(Saas saas) {
    public URI url() {
        return URI.create(saas.parameters().value(Parameter.BASE_URL).orElse("http://localhost"));
    }

    /**
     * Returns the address that a browser is redirected to for signing in at the portal (RFC 6749 4.1.1, RFC 7636 4.3).
     */
    public URI authorize(TenantSite site, BrowserSecret secret) {
        return URI.create(url() + "/oauth2/auth?response_type=code&scope=userinfo"
                + "&client_id=" + site.tenant().uuid()
                + "&redirect_uri=" + URLEncoder.encode(site.redirectUri(), StandardCharsets.UTF_8)
                + "&state=" + secret.state()
                + "&code_challenge=" + secret.challenge()
                + "&code_challenge_method=S256");
    }
}
