// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

/** A text that {@link #toString} does not show. */
record Secret(String value) {
    @Override
    public String toString() {
        return "***";
    }
}
