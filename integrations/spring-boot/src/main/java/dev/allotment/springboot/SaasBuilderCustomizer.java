// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import dev.allotment.SaasBuilder;

/** A bean that changes the builder of the control plane after the properties and the hooks were applied. */
@FunctionalInterface
public interface SaasBuilderCustomizer {
    /** Changes the builder. Runs before the control plane is opened. */
    void customize(SaasBuilder builder);
}
