// SPDX-License-Identifier: Apache-2.0
package dev.allotment.architecture;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Finds, in the text of a source file, queries that should be resources: they are too long for a text block. */
final class LongQueries {
    static final int MAX_LINES = 10;

    private static final Pattern TEXT_BLOCK = Pattern.compile("\"\"\"\\n(.*?)\"\"\"", Pattern.DOTALL);
    private static final Pattern QUERY = Pattern.compile("\\s*(?:SELECT|WITH)\\s.*", Pattern.DOTALL);

    private LongQueries() {}

    /** Returns the first line of each. */
    static List<String> in(String source) {
        return TEXT_BLOCK
                .matcher(source)
                .results()
                .map(MatchResult::group)
                .map(block -> block.substring("\"\"\"\n".length(), block.lastIndexOf("\"\"\""))
                        .stripTrailing())
                .filter(block -> QUERY.matcher(block).matches() && block.lines().count() > MAX_LINES)
                .map(block -> block.lines().findFirst().orElseThrow().strip())
                .toList();
    }
}
