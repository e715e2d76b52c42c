// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.brand;

import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.spi.core.SaasSettings;

/** The brand of the installation. */
public final class BrandFeature {
    private final CoreContext context;
    private final CurrentBrand current;
    private final String stylesheet;

    /** @param given already checked by {@link BrandChecks} */
    public BrandFeature(CoreContext context, SaasSettings.Appearance given) {
        this.context = context;
        current = new CurrentBrand(context, given.brand());
        stylesheet = given.stylesheet();
    }

    public BrandUseCases useCases(Actor actor) {
        return new BrandUseCases(context, current, stylesheet, actor);
    }
}
