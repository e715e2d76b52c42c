// SPDX-License-Identifier: Apache-2.0
package dev.allotment.hook;

import java.util.Collection;

/** Finds add-ons; registered with ServiceLoader, or handed to the builder. */
public interface AddonSource {
    /**
     * All add-ons that it has now; called when a control plane is opened and when a list of add-ons is updated.
     *
     * @throws dev.allotment.SaasException {@code addon.invalid} naming what is wrong in which add-on
     */
    Collection<? extends Addon> addons();
}
