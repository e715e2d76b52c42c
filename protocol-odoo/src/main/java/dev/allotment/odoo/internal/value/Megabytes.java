// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.value;

import dev.allotment.Plan;

/** Converts sizes to whole megabytes, the unit of Odoo's clients. */
public final class Megabytes {
    private Megabytes() {}

    public static int megabytes(long bytes) {
        return (int) Math.min(bytes / Plan.MEGABYTE, Integer.MAX_VALUE);
    }
}
