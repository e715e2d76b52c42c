// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import dev.allotment.Saas;
import dev.allotment.servlet.TrustedProxies;
import java.time.Clock;

/** What all pages have in common. Thread-safe. */
public final class PortalSite {
    private final Saas saas;
    private final TrustedProxies proxies;
    private final Branding branding;
    private final Clock clock;
    private final BaseUrl baseUrl;
    private final Assets assets;
    private final Renderer renderer = new Renderer();

    public PortalSite(Saas saas, TrustedProxies proxies, Branding branding, Clock clock) {
        this.saas = saas;
        this.proxies = proxies;
        this.branding = branding;
        this.clock = clock;
        baseUrl = new BaseUrl(saas, clock);
        assets = new Assets(branding);
    }

    /** The control plane with all rights: for what a page asks before anybody has signed in. */
    public Saas saas() {
        return saas;
    }

    public Clock clock() {
        return clock;
    }

    public BaseUrl baseUrl() {
        return baseUrl;
    }

    /** The title of the product. */
    public String brand() {
        return branding.title();
    }

    TrustedProxies proxies() {
        return proxies;
    }

    Branding branding() {
        return branding;
    }

    Assets assets() {
        return assets;
    }

    Renderer renderer() {
        return renderer;
    }
}
