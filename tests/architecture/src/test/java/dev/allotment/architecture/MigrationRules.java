// SPDX-License-Identifier: Apache-2.0
package dev.allotment.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a migration says which builds can use the schema after it, and that this is plausible.
 *
 * @param tenantDatabase whether it is a migration of tenant databases, not of the catalog
 */
record MigrationRules(boolean tenantDatabase) {
    private static final Pattern DECLARATION = Pattern.compile("-- readable from (\\d+)\n");

    /** What breaks a build that does not know of it. */
    private static final Pattern CONTRACTS = Pattern.compile(
            "\\bRENAME\\b|\\bDROP\\s+(TABLE|COLUMN|SEQUENCE|FUNCTION)\\b|\\bSET\\s+NOT\\s+NULL\\b"
                    + "|\\bALTER\\s+COLUMN\\s+\\S+\\s+(SET\\s+DATA\\s+)?TYPE\\b",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern REQUIRED_COLUMN = Pattern.compile(
            "\\bADD\\s+COLUMN\\b(?![^,;]*\\bDEFAULT\\b)[^,;]*\\bNOT\\s+NULL\\b", Pattern.CASE_INSENSITIVE);

    private static final Pattern REPEATABLE =
            Pattern.compile("\\bCONCURRENTLY\\s+IF\\s+(NOT\\s+)?EXISTS\\b", Pattern.CASE_INSENSITIVE);

    /** A script: its file name, which starts with the version, and its text. */
    record Script(String file, String text) {
        int version() {
            return Integer.parseInt(file.substring(0, 3));
        }

        /** The version in its first line; null if there is none. */
        @Nullable
        Integer readableFrom() {
            Matcher matcher = DECLARATION.matcher(text);
            return matcher.lookingAt() ? Integer.valueOf(matcher.group(1)) : null;
        }
    }

    /**
     * The violations of all scripts of a schema.
     *
     * @param stops the versions that require all nodes to be stopped
     */
    List<String> violations(List<Script> scripts, List<Integer> stops) {
        List<String> violations = new ArrayList<>();
        int before = 1;
        for (Script script : scripts) {
            Integer from = script.readableFrom();
            if (from == null) {
                violations.add(script.file() + " must start with: -- readable from <schema version>");
                continue;
            }
            if (from >= script.version() && !stops.contains(script.version())) {
                violations.add(script.file() + " excludes the builds before it. Expand first, and contract in a later"
                        + " release: it must be readable from an earlier version than " + script.version());
            }
            if (from < before) {
                violations.add(script.file() + " cannot be readable from " + from + ", since a migration before it is"
                        + " readable from " + before);
            }
            if (tenantDatabase && from > before) {
                violations.add(script.file() + " contracts the schema of tenant databases, which are only expanded");
            }
            if (from == before && script.version() > 1) {
                checkExpands(script, violations);
            }
            if (script.file().endsWith(".concurrently.sql")) {
                checkConcurrent(script, violations);
            }
            before = Math.max(before, from);
        }
        return violations;
    }

    private static void checkExpands(Script script, List<String> violations) {
        Matcher contracts = CONTRACTS.matcher(script.text());
        if (contracts.find()) {
            violations.add(script.file() + " contracts the schema (" + contracts.group() + "), but claims that builds"
                    + " which cannot read its result may continue");
        }
        if (REQUIRED_COLUMN.matcher(script.text()).find()) {
            violations.add(script.file() + " adds a column that older builds do not write. It needs a DEFAULT, or to be"
                    + " nullable");
        }
    }

    private void checkConcurrent(Script script, List<String> violations) {
        if (tenantDatabase) {
            violations.add(script.file() + " runs outside a transaction, which only migrations of the catalog may do");
        }
        for (String statement : script.text().split(";\n")) {
            String sql = statement.replaceAll("(?m)^--.*$", "").strip();
            if (!sql.isEmpty() && !REPEATABLE.matcher(sql).find()) {
                violations.add(script.file() + " may run twice, so it needs CONCURRENTLY IF [NOT] EXISTS: " + sql);
            }
        }
    }
}
