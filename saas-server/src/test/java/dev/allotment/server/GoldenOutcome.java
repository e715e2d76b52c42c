// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a call, as a line of the file: {@code = result}, or {@code ! fault}. What differs from run to run is
 * replaced.
 */
record GoldenOutcome(String line) {
    private static final Pattern TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d");
    private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    private static final Pattern TOKEN = Pattern.compile("access_token=[^&\"\\\\]+");
    private static final Pattern PORT = Pattern.compile("(localhost|127\\.0\\.0\\.1)(:|%3A)\\d+");
    private static final Pattern KEY = Pattern.compile("\\b[0-9a-f]{40}\\b");
    /** The id of an XML id that was created follows from that of its parameter, and backends have other ones. */
    private static final Pattern XML_ID = Pattern.compile("\\b10000000\\d\\d\\b");

    private static final Pattern DATABASE = Pattern.compile("\"(db_storage|db_storage_peak)\": \\d+");

    static GoldenOutcome result(@Nullable Object value) {
        return new GoldenOutcome("= " + masked(GoldenJson.write(value)));
    }

    /** A fault of the older protocols. */
    static GoldenOutcome fault(int code, String text) {
        return new GoldenOutcome("! " + code + " " + masked(text.replace("\n", "\\n")));
    }

    /** A fault of JSON-2. */
    static GoldenOutcome fault(int status, String name, String text) {
        return new GoldenOutcome("! " + status + " " + name + ": " + masked(text.replace("\n", "\\n")));
    }

    private static String masked(String text) {
        String masked = UUID.matcher(text).replaceAll("<uuid>");
        masked = KEY.matcher(masked).replaceAll("<key>");
        masked = TIME.matcher(masked).replaceAll("<time>");
        masked = TOKEN.matcher(masked).replaceAll("access_token=<token>");
        masked = XML_ID.matcher(masked).replaceAll("<xml id>");
        masked = PORT.matcher(masked).replaceAll("$1$2<port>");
        return DATABASE.matcher(masked)
                .replaceAll(match -> Matcher.quoteReplacement("\"" + match.group(1) + "\": <mb>"));
    }
}
