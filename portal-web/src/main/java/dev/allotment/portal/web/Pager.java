// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

/**
 * How to get to the pages around one.
 *
 * @param previous the address of the page before; empty: this is the first
 * @param next the address of the page after; empty: this is the last
 * @param text which part this is
 */
public record Pager(String previous, String next, String text) {
    /** Whether there are others. */
    public boolean needed() {
        return !previous.isEmpty() || !next.isEmpty();
    }
}
