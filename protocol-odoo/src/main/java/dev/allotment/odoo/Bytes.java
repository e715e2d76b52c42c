// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

/** Sizes, which Odoo's clients see in whole megabytes. */
final class Bytes {
    static final long MEGABYTE = 1024L * 1024L;

    private Bytes() {}

    static int megabytes(long bytes) {
        return (int) Math.min(bytes / MEGABYTE, Integer.MAX_VALUE);
    }
}
