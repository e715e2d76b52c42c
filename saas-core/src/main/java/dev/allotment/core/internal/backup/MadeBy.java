// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup;

import java.util.Locale;

/** Who made a backup, which says how long it is kept. Manifests store these names, so they never change. */
enum MadeBy {
    ADMINISTRATOR,
    OWNER,
    SCHEDULE;

    String stored() {
        return name().toLowerCase(Locale.ROOT);
    }
}
