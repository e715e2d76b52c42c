// SPDX-License-Identifier: Apache-2.0
package dev.allotment.hook;

import java.util.Collection;

/** Provides add-ons to a control plane. Registered with ServiceLoader or at the builder. */
public interface AddonSource {
    /**
     * Returns all add-ons that the source has now. Called when a control plane is opened.
     *
     * @throws dev.allotment.SaasException {@code addon.invalid} with what is wrong in which add-on
     */
    Collection<? extends Addon> addons();
}
