// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.value;

/** Converts sizes to whole megabytes, the unit of Odoo's clients. */
public final class Megabytes {
    public static final long MEGABYTE = 1024L * 1024L;

    private Megabytes() {}

    public static int megabytes(long bytes) {
        return (int) Math.min(bytes / MEGABYTE, Integer.MAX_VALUE);
    }
}
