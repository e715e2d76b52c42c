// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import dev.allotment.Saas;
import dev.allotment.servlet.Branding;
import dev.allotment.servlet.TrustedProxies;
import java.time.Clock;

/** The state that all pages share. Thread-safe. */
public final class PortalSite {
    private final Saas saas;
    private final TrustedProxies proxies;
    private final Branding branding;
    private final Clock clock;
    private final BaseUrl baseUrl;
    private final Assets assets;
    private final Renderer renderer = new Renderer();

    /** Creates the site. */
    public PortalSite(Saas saas, TrustedProxies proxies, Branding branding, Clock clock) {
        this.saas = saas;
        this.proxies = proxies;
        this.branding = branding;
        this.clock = clock;
        baseUrl = new BaseUrl(saas, clock);
        assets = new Assets(branding);
    }

    /** The control plane with all rights, for pages without a signed-in user. */
    public Saas saas() {
        return saas;
    }

    /** The clock. */
    public Clock clock() {
        return clock;
    }

    /** The portal's address. */
    public BaseUrl baseUrl() {
        return baseUrl;
    }

    /** The name of the product. */
    public String brand() {
        return branding.title();
    }

    TrustedProxies proxies() {
        return proxies;
    }

    /** The appearance of the pages. */
    public Branding branding() {
        return branding;
    }

    Assets assets() {
        return assets;
    }

    Renderer renderer() {
        return renderer;
    }
}
