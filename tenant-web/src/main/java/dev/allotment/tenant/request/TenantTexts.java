// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.request;

import dev.allotment.Saas;
import dev.allotment.text.TextBundles;
import dev.allotment.text.Texts;
import jakarta.servlet.http.HttpServletRequest;

/** The texts of the pages of tenants, in the language of their readers. Thread-safe. */
public final class TenantTexts {
    /** The texts of this library. */
    public static final TextBundles STANDARD = TextBundles.load("tenant", TenantTexts.class::getResourceAsStream);

    private static final String CHOSEN = TenantTexts.class.getName();

    private final Saas saas;
    private final TextBundles bundles;

    public TenantTexts(Saas saas, TextBundles bundles) {
        this.saas = saas;
        this.bundles = bundles;
    }

    /**
     * Returns the texts that the browser wants, else those of the installation. A page has many texts, so the choice is
     * kept for the request.
     */
    Texts of(HttpServletRequest request) {
        if (request.getAttribute(CHOSEN) instanceof Texts chosen) {
            return chosen;
        }
        Texts texts = bundles.accepted(request.getHeader("Accept-Language")).orElseGet(() -> bundles.usual(saas));
        request.setAttribute(CHOSEN, texts);
        return texts;
    }
}
