// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant;

import dev.allotment.AuthorizationRequest;
import dev.allotment.Tenant;
import java.net.URI;

/**
 * Where a tenant is reached, at the host that a visitor has asked for.
 *
 * @param url scheme, host, port, and the path where it has no host of its own
 */
record TenantSite(Tenant tenant, URI url) {
    /** What every path at this tenant begins with; empty where it has a host of its own. */
    String base() {
        return url.getRawPath();
    }

    /** A path at this tenant, as browsers are told it. */
    String path(String local) {
        return base() + local;
    }

    /** What its cookies are for. */
    String cookiePath() {
        return base().isEmpty() ? "/" : base();
    }

    boolean hasOwnHost() {
        return base().isEmpty();
    }

    boolean secure() {
        return "https".equals(url.getScheme());
    }

    /** Where the portal sends its answers. */
    String redirectUri() {
        return url + AuthorizationRequest.REDIRECT_PATH;
    }
}
