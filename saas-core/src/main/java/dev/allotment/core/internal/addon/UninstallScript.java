// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.addon;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the uninstall script of an add-on would do, as far as its text shows.
 *
 * @param tables that it drops, without their schemas
 * @param otherStatements whether it contains anything but statements that drop tables
 */
record UninstallScript(List<String> tables, boolean otherStatements) {
    private static final String NAME = "(?:\"[^\"]+\"|[a-z_][a-z0-9_$]*)";
    private static final String TABLE = NAME + "(?:\\s*\\.\\s*" + NAME + ")?";
    private static final Pattern COMMENT = Pattern.compile("--[^\n]*|/\\*.*?\\*/", Pattern.DOTALL);
    private static final Pattern DROP = Pattern.compile(
            "\\bdrop\\s+table\\s+(?:if\\s+exists\\s+)?(?<names>" + TABLE + "(?:\\s*,\\s*" + TABLE
                    + ")*)(?:\\s+if\\s+exists)?(?:\\s+(?:cascade(?:\\s+constraints)?|restrict))?\\s*(?:;|$)",
            Pattern.CASE_INSENSITIVE);

    static UninstallScript of(String script) {
        String text = COMMENT.matcher(script).replaceAll(" ").strip();
        List<String> tables = new ArrayList<>();
        Matcher drops = DROP.matcher(text);
        while (drops.find()) {
            for (String name : drops.group("names").split(",", -1)) {
                tables.add(withoutSchema(name.strip()));
            }
        }
        String rest = drops.replaceAll(" ").replace(";", " ");
        return new UninstallScript(List.copyOf(tables), !rest.isBlank());
    }

    private static String withoutSchema(String name) {
        String last = name.substring(name.lastIndexOf('.') + 1).strip();
        return last.startsWith("\"") ? last.substring(1, last.length() - 1) : last.toLowerCase(Locale.ROOT);
    }
}
