// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import dev.allotment.Saas;
import dev.allotment.servlet.TrustedProxies;
import dev.allotment.servlet.page.BrandStyle;
import dev.allotment.servlet.page.BrandStyles;
import dev.allotment.text.TextBundles;
import java.time.Clock;

/** The state that all pages share. Thread-safe. */
public final class PortalSite {
    private final Saas saas;
    private final TrustedProxies proxies;
    private final BrandStyles styles;
    private final Clock clock;
    private final BaseUrl baseUrl;
    private final Assets assets;
    private final TextBundles texts;
    private final Renderer renderer = new Renderer();

    /** Creates the site. */
    public PortalSite(Saas saas, TrustedProxies proxies, Clock clock, TextBundles texts) {
        this.texts = texts;
        this.saas = saas;
        this.proxies = proxies;
        styles = new BrandStyles(saas::brands, Assets.BRAND_FILES);
        this.clock = clock;
        baseUrl = new BaseUrl(saas, clock);
        assets = new Assets(saas, styles);
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
        return pageBrand("").name();
    }

    /** The texts of the pages of customers, in all languages. */
    public TextBundles texts() {
        return texts;
    }

    TrustedProxies proxies() {
        return proxies;
    }

    /**
     * The brand that counts now.
     *
     * @param base the path that the servlet is mounted under
     */
    PageBrand pageBrand(String base) {
        String folder = base + Assets.FOLDER;
        BrandStyle style = styles.current();
        return new PageBrand(
                style.brand(),
                folder + Assets.BRAND + "?v=" + style.version(),
                folder + Assets.BRAND_FILES,
                embedders(base));
    }

    /** The address of the stylesheet of the embedder; empty if there is none. */
    public String embedders(String base) {
        String version = styles.embeddersVersion();
        return version.isEmpty() ? "" : base + Assets.FOLDER + Assets.EMBEDDERS + "?v=" + version;
    }

    Assets assets() {
        return assets;
    }

    Renderer renderer() {
        return renderer;
    }
}
