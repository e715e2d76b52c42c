// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup.archive;

import java.util.Locale;

/** Who made a backup, which says how long it is kept. Manifests store these names, so they never change. */
public enum MadeBy {
    ADMINISTRATOR,
    OWNER,
    SCHEDULE,
    CAMPAIGN,
    /** An operation that changes the tenant in a way that may have to be taken back. */
    SAFETY,
    /** An administrator, who had it read from a source. */
    SOURCE,
    /** This build does not know who. It is never deleted automatically. */
    UNKNOWN;

    public String stored() {
        return name().toLowerCase(Locale.ROOT);
    }
}
