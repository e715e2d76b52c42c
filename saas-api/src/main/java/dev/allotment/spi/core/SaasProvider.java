// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.core;

import dev.allotment.Internal;
import dev.allotment.Saas;

/** Opens control planes. {@link Saas#builder} finds the implementation of saas-core with ServiceLoader. */
@Internal
public interface SaasProvider {
    /**
     * Checks the settings and opens a control plane, as {@link dev.allotment.SaasBuilder#open} describes.
     *
     * @param attached whether for a single task, as {@link dev.allotment.SaasBuilder#attach} describes
     */
    Saas open(SaasSettings settings, boolean attached);
}
