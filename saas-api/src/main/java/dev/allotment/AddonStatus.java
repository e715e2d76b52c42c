// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import org.jspecify.annotations.Nullable;

/**
 * An add-on as one client database knows it.
 *
 * @param id 0 before it is stored
 * @param name technical name, unique in its database
 * @param installedVersion null unless installed
 * @param latestVersion the version that the control plane had when the list was last updated
 */
public record AddonStatus(
        long id,
        String name,
        String title,
        boolean installed,
        @Nullable String installedVersion,
        String latestVersion) {}
