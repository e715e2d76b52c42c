// SPDX-License-Identifier: Apache-2.0
package dev.allotment.servlet.request;

import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Reads cookies. What is no cookie is skipped. */
public final class RequestCookies {
    private static final int MAX_COOKIES = 300;

    private RequestCookies() {}

    /** Returns the values of all cookies of this name, in order. */
    public static List<String> values(HttpServletRequest request, String name) {
        List<String> values = new ArrayList<>();
        int count = 0;
        for (String line : Collections.list(request.getHeaders("Cookie"))) {
            for (String each : line.split(";", -1)) {
                int equals = each.indexOf('=');
                count++;
                if (count <= MAX_COOKIES
                        && equals > 0
                        && each.substring(0, equals).strip().equals(name)) {
                    values.add(unquoted(each.substring(equals + 1).strip()));
                }
            }
        }
        return values;
    }

    /** Some HTTP clients, such as that of Java, quote values. */
    private static String unquoted(String value) {
        return value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")
                ? value.substring(1, value.length() - 1)
                : value;
    }
}
