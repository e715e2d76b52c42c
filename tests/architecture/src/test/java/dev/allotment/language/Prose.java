// SPDX-License-Identifier: Apache-2.0
package dev.allotment.language;

import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The prose of a file. Everything else is masked with characters that no pattern matches, so that positions stay the
 * same.
 *
 * <p>Prose is: Markdown without code; comments, Javadoc and string literals with a blank in Java; comments in POMs,
 * SQL, style sheets and JavaScript; scripts and workflows; and everything but markup in templates. Code in prose (inline tags of Javadoc, backticks, a quoted word) is not
 * prose.
 */
final class Prose {
    /** Stands for code between two pieces of prose: a pattern never matches across it. */
    static final char GAP = '\u00b6';

    /** Stands for code inside a sentence. */
    private static final char CODE = '\u00a7';

    private static final Pattern OTHER_LANGUAGE = Pattern.compile("\\.(?:de|fr|es)\\.(?:txt|properties)$");
    private static final Pattern TOKEN = Pattern.compile(
            "\"\"\"[^\"\\\\]*+(?:(?:\\\\.|\"(?!\"\"))[^\"\\\\]*+)*+\"\"\"|\"(?:\\\\.|[^\"\\\\\\n])*+\"|'(?:\\\\.|[^'\\\\\\n])++'|//[^\\n]*+|/\\*.*?\\*/",
            Pattern.DOTALL);
    private static final Set<String> SCRIPTS = Set.of("saas", "run", "release-check");
    /** Databases store the checksum of a migration, so it cannot change, not even in a comment. */
    private static final Pattern MIGRATION = Pattern.compile(".*/(?:catalog|database)/00[12]-[\\w-]+\\.sql");

    private static final Pattern SQL = Pattern.compile(
            "\\s*(?:SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|GRANT|REVOKE|BEGIN|COMMIT|WITH|SET|FROM|WHERE|AND"
                    + "|ORDER|DO|LOCK|COMMENT)\\b.*",
            Pattern.DOTALL);

    private Prose() {}

    /** Returns the masked text of a file, as long as the text; empty if files of this kind are not checked. */
    static String of(String path, String text) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        if (name.endsWith(".java")) {
            return java(text);
        }
        if (name.endsWith(".md")) {
            return markdown(name, text);
        }
        if (name.endsWith(".jte") || name.endsWith(".html")) {
            return template(text);
        }
        if (name.equals("pom.xml")) {
            return mask(gap(text), text, "<!--(.*?)-->|<(?:description|name|message)>(.*?)</");
        }
        if (OTHER_LANGUAGE.matcher(name).find()) {
            return "";
        }
        if (name.endsWith(".txt") && !name.equals("common-passwords.txt")) {
            return replace(text, "\\{\\w+\\}", Prose::code);
        }
        if (name.endsWith(".properties")) {
            return text;
        }
        if (name.endsWith(".py") || name.endsWith(".yml") || SCRIPTS.contains(name)) {
            return replace(text, "(?m)^[ \\t]*#", Prose::blank);
        }
        if (name.endsWith(".sql") && !MIGRATION.matcher(path).matches()) {
            return mask(gap(text), text, "--([^\\n]*)|/\\*(.*?)\\*/");
        }
        if (name.endsWith(".css") || name.endsWith(".js")) {
            return mask(gap(text), text, "/\\*(.*?)\\*/|(?<!:)//([^\\n]*)");
        }
        return "";
    }

    private static String java(String text) {
        StringBuilder prose = new StringBuilder(text.length());
        Matcher token = TOKEN.matcher(text);
        int end = 0;
        char before = 'x';
        while (token.find()) {
            String between = text.substring(end, token.start());
            char kind = kind(token.group());
            boolean joined = between.matches("\\s*\\+\\s*")
                    || (kind == 'c'
                            && before == 'c'
                            && between.isBlank()
                            && between.lines().count() <= 2);
            prose.append(joined ? blank(between) : gap(between));
            prose.append(
                    switch (kind) {
                        case 'c' -> comment(token.group());
                        case 's' -> replace(token.group(), "\"|\\\\n|%[sdn]", Prose::blank);
                        default -> gap(token.group());
                    });
            before = kind;
            end = token.end();
        }
        return prose.append(gap(text.substring(end))).toString();
    }

    /** {@code c} for a comment, {@code s} for a literal that is prose, {@code x} for everything else. */
    private static char kind(String token) {
        if (token.startsWith("/")) {
            return 'c';
        }
        String content = token.replaceAll("^\"+|\"+$", "");
        boolean prose = token.startsWith("\"")
                && content.strip().contains(" ")
                && !SQL.matcher(content).matches();
        return prose ? 's' : 'x';
    }

    private static String comment(String comment) {
        boolean block = comment.startsWith("/*");
        String content = block ? comment.substring(0, comment.length() - 2) : comment;
        content = replace(content, "^/[/*]+|(?m)^[ \\t]*\\*", Prose::blank);
        content = replace(content, "\\{@(?:code|literal|snippet)\\b[^{}]*(?:\\{[^{}]*\\}[^{}]*)*\\}", Prose::code);
        content = replace(
                content, "\\{@(?:link|linkplain|value|inheritDoc)\\b\\s*(?:[^\\s{}()]*(?:\\([^)]*\\))?)", Prose::code);
        content = replace(content, "(?s)<pre>.*?</pre>|<code>.*?</code>", Prose::code);
        content = replace(content, "@(?:param\\s+\\S+|see\\s[^\\n]*|since[^\\n]*)", Prose::gap);
        content = replace(content, "`[^`\\n]+`|\"\\w+\"", Prose::code);
        return block ? content + GAP + GAP : content;
    }

    private static String markdown(String name, String text) {
        String prose = replace(text, "(?ms)^```.*?^```$", Prose::gap);
        prose = replace(prose, "`[^`\\n]*`|\"\\w+\"", Prose::code);
        prose = replace(prose, "\\]\\([^)\\s]+\\)", Prose::gap);
        if (name.equals("glossary.md")) {
            // The last column lists words that are not used.
            prose = replace(prose, "(?m)\\|[^|\\n]*\\|$", Prose::gap);
        }
        return prose;
    }

    private static String template(String text) {
        String prose = replace(text, "(?m)^@(?:import|param).*$", Prose::gap);
        prose = replace(prose, "(?s)<(script|style)\\b.*?</\\1>", Prose::gap);
        prose = replace(
                prose,
                "\\b(?:class|id|name|href|for|type|action|value|data-[\\w-]+|role|rel|method)=\"[^\"]*\"",
                Prose::gap);
        prose = replace(prose, "\\$(?:unsafe)?\\{[^{}\"]*\\}", Prose::code);
        return replace(prose, "</?[a-zA-Z][^<>=]*>", Prose::blank);
    }

    /** Shows the groups of a pattern through a mask. */
    private static String mask(String masked, String text, String pattern) {
        StringBuilder prose = new StringBuilder(masked);
        Matcher matcher = Pattern.compile(pattern, Pattern.DOTALL).matcher(text);
        while (matcher.find()) {
            int group = matcher.group(1) == null ? 2 : 1;
            prose.replace(
                    matcher.start(group), matcher.end(group), replace(matcher.group(group), "`[^`\\n]*`", Prose::code));
        }
        return prose.toString();
    }

    private static String replace(String text, String pattern, UnaryOperator<String> replacement) {
        return Pattern.compile(pattern)
                .matcher(text)
                .replaceAll((MatchResult match) -> Matcher.quoteReplacement(replacement.apply(match.group())));
    }

    private static String gap(String text) {
        return filled(text, GAP);
    }

    private static String code(String text) {
        return filled(text, CODE);
    }

    private static String blank(String text) {
        return filled(text, ' ');
    }

    private static String filled(String text, char character) {
        StringBuilder filled = new StringBuilder(text);
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) != '\n') {
                filled.setCharAt(i, character);
            }
        }
        return filled.toString();
    }
}
