// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.request;

import dev.allotment.Tenant;
import dev.allotment.access.AuthorizationRequest;
import java.net.URI;

/**
 * The address of a tenant, at the host that a visitor has requested.
 *
 * @param url scheme, host, port, and the path if the tenant does not have its own host
 */
public record TenantSite(Tenant tenant, URI url) {
    /** The page for signing in. */
    public static final String SIGN_IN_PATH = "/web/login";

    /** The page for signing out. */
    public static final String SIGN_OUT_PATH = "/web/session/logout";

    /** Returns the start of every path at this tenant; empty if the tenant has its own host. */
    public String base() {
        return url.getRawPath();
    }

    /** Returns a path at this tenant, as browsers see it. */
    public String path(String local) {
        return base() + local;
    }

    /** Returns the path of the tenant's cookies. */
    public String cookiePath() {
        return base().isEmpty() ? "/" : base();
    }

    public boolean hasOwnHost() {
        return base().isEmpty();
    }

    public boolean secure() {
        return "https".equals(url.getScheme());
    }

    /** Returns the address that the portal redirects back to. */
    public String redirectUri() {
        return url + AuthorizationRequest.REDIRECT_PATH;
    }
}
