// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import static dev.allotment.AllowedFor.Keys.READ_ONLY;

import java.util.List;

/** The add-ons of one tenant database. Only its system administrators change them. */
@AllowedFor(READ_ONLY)
public interface Addons extends Lookup<Long, AddonStatus> {
    /**
     * Installs add-ons and what they need.
     *
     * @return the add-ons that were newly installed, in the order of installation
     * @throws SaasException {@code addon.unknown}, {@code addon.failed}; nothing is changed then
     */
    List<String> install(List<String> names);

    /**
     * Updates installed add-ons to their latest version.
     *
     * @return the add-ons whose version changed
     * @throws SaasException {@code addon.unknown}, {@code addon.failed}; nothing is changed then
     */
    List<String> update(List<String> names);

    /**
     * Removes add-ons and what their migrations created.
     *
     * @throws SaasException {@code addon.needed} while another installed add-on needs one of them, {@code
     *     addon.unknown}, {@code addon.failed}; nothing is changed then
     */
    void uninstall(List<String> names);

    /** Adds the add-ons and versions that the control plane has now to the list of known add-ons. Installs nothing. */
    void refresh();
}
