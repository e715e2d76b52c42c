// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.List;

/**
 * What a configuration did. Groups that do not exist are no error: they are listed here.
 *
 * @param installed add-ons that were not there before, dependencies included, in the order of installation
 * @param updated add-ons whose version changed
 */
public record ConfigurationResult(
        Tenant tenant,
        List<String> installed,
        List<String> updated,
        List<String> uninstalled,
        List<String> unknownGroupsToGrant,
        List<String> unknownGroupsToRevoke) {
    public ConfigurationResult {
        installed = List.copyOf(installed);
        updated = List.copyOf(updated);
        uninstalled = List.copyOf(uninstalled);
        unknownGroupsToGrant = List.copyOf(unknownGroupsToGrant);
        unknownGroupsToRevoke = List.copyOf(unknownGroupsToRevoke);
    }
}
