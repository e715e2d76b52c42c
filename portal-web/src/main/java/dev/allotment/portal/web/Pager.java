// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import java.util.List;

/**
 * The links to the other pages of a list. The address of a page that does not exist is empty.
 *
 * @param first the address of the first page; empty on it
 * @param previous the address of the previous page
 * @param next the address of the next page
 * @param last the address of the last page; empty on it
 * @param text says which rows are shown, and how many there are
 * @param position says which page is shown, and how many there are; empty if there is one
 * @param sizes how many rows a page may have; empty for a short list
 */
public record Pager(
        String first, String previous, String next, String last, String text, String position, List<Size> sizes) {
    public Pager {
        sizes = List.copyOf(sizes);
    }

    static Pager none() {
        return new Pager("", "", "", "", "", "", List.of());
    }

    /** Whether the list has other pages. */
    public boolean needed() {
        return !previous.isEmpty() || !next.isEmpty();
    }

    /** A number of rows on a page, and the address of the list with it. */
    public record Size(int rows, String address, boolean chosen) {}
}
