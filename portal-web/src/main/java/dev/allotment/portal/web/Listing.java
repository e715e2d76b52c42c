// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The part of a list that a request selects. Search text, filters and page number are in the query.
 *
 * @param path of the list
 * @param chosen the search text and filters that are set, by name
 * @param page the page number, from 1
 */
public record Listing(String path, Map<String, String> chosen, int page) {
    /** The number of entries on a page. */
    public static final int PER_PAGE = 25;

    private static final int MAX_PAGE = 1_000_000;

    public Listing {
        chosen = new LinkedHashMap<>(chosen);
    }

    /**
     * Reads the query.
     *
     * @param names of the search field and the filters
     */
    public static Listing of(PortalExchange exchange, String path, String... names) {
        Map<String, String> chosen = new LinkedHashMap<>();
        for (String name : names) {
            if (!exchange.param(name).isEmpty()) {
                chosen.put(name, exchange.param(name));
            }
        }
        int page = exchange.numberParam("page")
                .filter(number -> number <= MAX_PAGE)
                .map(Long::intValue)
                .orElse(1);
        return new Listing(path, chosen, page);
    }

    /** Returns the value of a filter; empty if it is not set. */
    public String value(String name) {
        return chosen.getOrDefault(name, "");
    }

    /** Returns the number of entries on the previous pages. */
    public int offset() {
        return (page - 1) * PER_PAGE;
    }

    /** Returns the address of this list with one filter changed; an empty value removes the filter. */
    public String with(String name, String value) {
        Map<String, String> other = new LinkedHashMap<>(chosen);
        if (value.isEmpty()) {
            other.remove(name);
        } else {
            other.put(name, value);
        }
        return address(other);
    }

    private String address(Map<String, String> query) {
        String text = query.entrySet().stream()
                .map(each -> each.getKey() + "=" + URLEncoder.encode(each.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return text.isEmpty() ? path : path + "?" + text;
    }

    /** Returns the links to the neighbouring pages. */
    public Pager pager(long total) {
        long last = Math.max(1, (total + PER_PAGE - 1) / PER_PAGE);
        long first = Math.min(total, offset() + 1L);
        long end = Math.min(total, (long) offset() + PER_PAGE);
        String text = total == 0 ? "" : first + "–" + end + " of " + total;
        return new Pager(
                page > 1 ? with("page", Long.toString(Math.min(page - 1L, last))) : "",
                page < last ? with("page", Integer.toString(page + 1)) : "",
                text);
    }
}
