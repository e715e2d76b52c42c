// SPDX-License-Identifier: Apache-2.0
package dev.allotment.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds, in the text of a source file, caught failures that are logged without their stack trace. Bytecode does not say which
 * calls belong to a handler, so this reads the source.
 */
final class LoggedFailures {
    private static final Pattern CATCH = Pattern.compile("catch \\((?:final )?([\\w.| \\n]+?) (\\w+)\\) \\{");
    private static final Pattern LOGGING =
            Pattern.compile("\\b(?:LOG|log|logger)\\.(?:log|trace|debug|info|warn|error)\\(");

    /** Failures that are expected and explain themselves, so that where they were thrown is of no interest. */
    private static final Pattern EXPLAINED = Pattern.compile("SaasException|OperationDeferred|OperationTakenOver");

    private LoggedFailures() {}

    /** The offending calls, as they are written. */
    static List<String> withoutStackTrace(String source) {
        List<String> offenders = new ArrayList<>();
        Matcher handler = CATCH.matcher(source);
        while (handler.find()) {
            boolean explained = Pattern.compile("\\|")
                    .splitAsStream(handler.group(1))
                    .allMatch(type -> EXPLAINED.matcher(type.strip()).matches());
            if (!explained) {
                String body = source.substring(handler.end(), end(source, handler.end(), '{', '}'));
                offenders.addAll(callsWithout(handler.group(2), body));
            }
        }
        return offenders;
    }

    private static List<String> callsWithout(String failure, String body) {
        List<String> offenders = new ArrayList<>();
        Matcher call = LOGGING.matcher(body);
        while (call.find()) {
            String text = body.substring(call.start(), end(body, call.end(), '(', ')'));
            if (!Pattern.compile(",\\s*" + failure + "\\)?$").matcher(text).find()) {
                offenders.add(text.replaceAll("\\s+", " "));
            }
        }
        return offenders;
    }

    /** Where the bracket closes that was opened right before; text in quotes does not count. */
    private static int end(String text, int start, char open, char close) {
        int depth = 1;
        boolean quoted = false;
        for (int i = start; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' && text.charAt(i - 1) != '\\') {
                quoted = !quoted;
            } else if (!quoted && c == open) {
                depth++;
            } else if (!quoted && c == close && --depth == 0) {
                return i + 1;
            }
        }
        return text.length();
    }
}
