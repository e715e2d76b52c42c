// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.List;

/** The add-ons as one client database knows them; only its system administrators change them. */
public interface Addons extends Lookup<Long, AddonStatus> {
    /**
     * Installs them and what they need.
     *
     * @return those that were not there before, in the order of installation
     * @throws SaasException {@code addon.unknown}, {@code addon.failed}; nothing is changed then
     */
    List<String> install(List<String> names);

    /**
     * Brings installed ones to their latest version.
     *
     * @return those whose version changed
     * @throws SaasException {@code addon.unknown}, {@code addon.failed}; nothing is changed then
     */
    List<String> update(List<String> names);

    /**
     * Removes add-ons and what their migrations made.
     *
     * @throws SaasException {@code addon.needed} while another installed one needs one of them, {@code addon.unknown}, {@code
     *     addon.failed}; nothing is changed then
     */
    void uninstall(List<String> names);

    /** Reads the list of known add-ons again. */
    void updateList();
}
