// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.request;

import dev.allotment.Parameter;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.text.TextBundles;
import dev.allotment.text.Texts;
import jakarta.servlet.http.HttpServletRequest;

/** The texts of the pages of tenants, in the language of their readers. Thread-safe. */
public final class TenantTexts {
    /** The texts of this library. */
    public static final TextBundles STANDARD = TextBundles.load("tenant", TenantTexts.class::getResourceAsStream);

    private final Saas saas;
    private final TextBundles bundles;

    public TenantTexts(Saas saas, TextBundles bundles) {
        this.saas = saas;
        this.bundles = bundles;
    }

    /** Returns the texts that the browser wants, else those of the installation. */
    Texts of(HttpServletRequest request) {
        return bundles.accepted(request.getHeader("Accept-Language")).orElseGet(this::usual);
    }

    private Texts usual() {
        try {
            return saas.parameters()
                    .value(Parameter.LANGUAGE)
                    .flatMap(bundles::find)
                    .orElseGet(bundles::english);
        } catch (SaasException e) {
            // The catalog is not available, which the page does not need otherwise.
            return bundles.english();
        }
    }
}
