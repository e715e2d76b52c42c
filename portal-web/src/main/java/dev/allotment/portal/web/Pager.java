// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

/**
 * The links to the neighbouring pages of a list.
 *
 * @param previous the address of the previous page; empty on the first one
 * @param next the address of the next page; empty on the last one
 * @param text describes the part that is shown
 */
public record Pager(String previous, String next, String text) {
    /** Whether the list has other pages. */
    public boolean needed() {
        return !previous.isEmpty() || !next.isEmpty();
    }
}
