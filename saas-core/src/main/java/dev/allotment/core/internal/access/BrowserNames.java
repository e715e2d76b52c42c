// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.access;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Names browsers in a few words. The result has words of this class only, so a hostile header cannot add any. */
final class BrowserNames {
    private static final int LONGEST = 500;
    private static final String UNKNOWN = "Unknown browser";
    /** By what they send. The first match counts: most browsers also send the words of others. */
    private static final Map<String, String> BROWSERS = new LinkedHashMap<>();

    private static final Map<String, String> SYSTEMS = new LinkedHashMap<>();

    static {
        BROWSERS.put("Edg", "Edge");
        BROWSERS.put("OPR/", "Opera");
        BROWSERS.put("SamsungBrowser/", "Samsung Internet");
        BROWSERS.put("Firefox/", "Firefox");
        BROWSERS.put("FxiOS/", "Firefox");
        BROWSERS.put("CriOS/", "Chrome");
        BROWSERS.put("Chrome/", "Chrome");
        BROWSERS.put("Safari/", "Safari");
        SYSTEMS.put("Android", "Android");
        SYSTEMS.put("iPhone", "iPhone");
        SYSTEMS.put("iPad", "iPad");
        SYSTEMS.put("Windows", "Windows");
        SYSTEMS.put("Mac OS X", "macOS");
        SYSTEMS.put("CrOS", "ChromeOS");
        SYSTEMS.put("Linux", "Linux");
    }

    private BrowserNames() {}

    static String of(@Nullable String userAgent) {
        String header = userAgent == null ? "" : userAgent.substring(0, Math.min(userAgent.length(), LONGEST));
        String browser = first(BROWSERS, header, UNKNOWN);
        String system = first(SYSTEMS, header, "");
        return system.isEmpty() ? browser : browser + " on " + system;
    }

    private static String first(Map<String, String> names, String header, String otherwise) {
        return names.entrySet().stream()
                .filter(each -> header.contains(each.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(otherwise);
    }
}
