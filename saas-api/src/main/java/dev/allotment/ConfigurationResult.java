// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.List;

/**
 * What a configuration change did. Unknown groups are not an error; they are listed here.
 *
 * <p>Immutable.
 *
 * @param tenant the tenant after the change
 * @param installed add-ons that were newly installed, including dependencies, in the order of installation
 * @param updated add-ons whose version changed
 * @param uninstalled add-ons that were removed
 * @param unknownGroupsToGrant groups that the owner was to join and that do not exist
 * @param unknownGroupsToRevoke groups that members were to leave and that do not exist
 */
public record ConfigurationResult(
        Tenant tenant,
        List<String> installed,
        List<String> updated,
        List<String> uninstalled,
        List<String> unknownGroupsToGrant,
        List<String> unknownGroupsToRevoke) {
    /** Creates a record from all its components. Only the control plane creates one. */
    @Internal
    public ConfigurationResult {
        installed = List.copyOf(installed);
        updated = List.copyOf(updated);
        uninstalled = List.copyOf(uninstalled);
        unknownGroupsToGrant = List.copyOf(unknownGroupsToGrant);
        unknownGroupsToRevoke = List.copyOf(unknownGroupsToRevoke);
    }
}
