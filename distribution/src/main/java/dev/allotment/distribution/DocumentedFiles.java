// SPDX-License-Identifier: Apache-2.0
package dev.allotment.distribution;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Writes the files that repeat what a page of the documentation says: the settings, each commented out, and the
 * examples of proxies. So there is one source, which is tested there.
 */
public final class DocumentedFiles {
    private static final int WIDTH = 110;
    private static final Pattern ROW = Pattern.compile("\\| (.*) \\|");
    private static final Pattern LINK = Pattern.compile("\\[([^]]*)]\\([^)]*\\)");
    private static final Pattern VALUE = Pattern.compile("`([^`]+)`.*|([a-z0-9]+)");
    /** A setting that may be in a file. A setting that is always a file has its own row. */
    private static final Pattern SECRET = Pattern.compile("(?<!\\| )`--([a-z0-9-]+)-file`");

    private static final String SETTING = "`--";
    private static final String INTRODUCTION = """
            # The settings of Allotment. Each line that starts with "#" and a name shows a default, or that there is none.
            # Remove the "#" to set it. Write paths in full.
            #
            # Passwords and keys are better in files of the folder "credentials" next to this file. Each has the name of the
            # setting, such as credentials/admin-password, and contains nothing but the password. Those of this kind that
            # end in "-file" here name a file elsewhere.
            #
            # https://github.com/allotment-dev/allotment/blob/main/docs/configuration.md says the same, with links.
            """;

    private DocumentedFiles() {}

    /**
     * Writes the files.
     *
     * @param arguments the folder of the documentation, and the folder to write into
     */
    public static void main(String... arguments) throws IOException {
        Path documentation = Path.of(arguments[0]);
        Path target = Path.of(arguments[1]);
        String settings = settings(Files.readString(documentation.resolve("configuration.md")));
        write(target.resolve("allotment.properties"), settings);
        write(target.resolve("debian/allotment.properties"), withData(settings));
        String install = Files.readString(documentation.resolve("install.md"));
        write(target.resolve("examples/nginx.conf"), example(install, "nginx"));
        write(target.resolve("examples/haproxy.cfg"), example(install, "haproxy"));
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.resolveSibling(""));
        Files.writeString(file, text);
    }

    /** On Debian, services have a folder for their data. */
    private static String withData(String settings) {
        String line = "#data = data/main\n";
        if (!settings.contains(line)) {
            throw new IllegalStateException("The documentation has another default of --data");
        }
        return settings.replace(line, """
                # The service has no default: set data for H2, or url and user of PostgreSQL.
                #data = /var/lib/allotment/data
                """);
    }

    /** Returns the only block of code in a language. */
    private static String example(String page, String language) {
        Matcher block = Pattern.compile("(?ms)^```" + language + "\n(.*?)^```$").matcher(page);
        if (!block.find()) {
            throw new IllegalStateException("The documentation has no example for " + language);
        }
        String text = block.group(1);
        if (block.find()) {
            throw new IllegalStateException("The documentation has several examples for " + language);
        }
        return text;
    }

    /** Returns the lines of the file, from the tables of the page. */
    private static String settings(String page) {
        Set<String> inFiles =
                SECRET.matcher(page).results().map(each -> each.group(1)).collect(Collectors.toSet());
        StringBuilder text = new StringBuilder(INTRODUCTION);
        boolean ofBackends = false;
        for (String line : page.lines().toList()) {
            Matcher row = ROW.matcher(line);
            if (line.matches("(Essential|Frequent|Rare):")) {
                title(text, line.replace(":", ""));
            } else if (line.startsWith("## ")) {
                ofBackends = line.equals("## Settings of the backends");
                if (ofBackends) {
                    title(text, line.substring(3));
                }
            } else if (row.matches()) {
                List<String> cells = List.of(row.group(1).split("\\s*(?<!\\\\)\\|\\s*", -1));
                if (line.startsWith("| " + SETTING)) {
                    addSetting(text, cells, inFiles);
                } else if (ofBackends && cells.size() == 4 && cells.get(1).startsWith("`")) {
                    addLine(text, cells.get(0) + ": " + cells.get(3), "backend." + plain(cells.get(1)), cells.get(2));
                }
            }
        }
        return text.toString();
    }

    private static void title(StringBuilder text, String title) {
        text.append("\n# === ").append(title).append(" ===\n");
    }

    private static void addSetting(StringBuilder text, List<String> cells, Set<String> inFiles) {
        String key = cells.get(0).substring(SETTING.length(), cells.get(0).length() - 1);
        // The file cannot name itself.
        if (!key.equals("config")) {
            addLine(text, cells.get(2), key, cells.get(1));
            if (inFiles.contains(key)) {
                text.append('#').append(key).append("-file =\n");
            }
        }
    }

    private static void addLine(StringBuilder text, String what, String key, String standard) {
        Matcher value = VALUE.matcher(standard);
        boolean simple = value.matches() && !standard.equals("none");
        String found = simple ? value.group(1) == null ? value.group(2) : value.group(1) : "";
        String explained = standard.isEmpty()
                        || standard.equals("none")
                        || standard.replace("`", "").equals(found)
                ? what
                : what + ". Default: " + standard;
        text.append('\n');
        String sentence = plain(explained);
        wrap(text, sentence.substring(0, 1).toUpperCase(Locale.ROOT) + sentence.substring(1) + ".");
        text.append('#')
                .append(key)
                .append(" =")
                .append(found.isEmpty() ? "" : " " + found)
                .append('\n');
    }

    /** Returns a text without its markup. */
    private static String plain(String text) {
        return LINK.matcher(text)
                .replaceAll(link -> Matcher.quoteReplacement(link.group(1)))
                .replace("`", "")
                .replace("\\|", "|");
    }

    private static void wrap(StringBuilder text, String paragraph) {
        int length = 0;
        for (String word : paragraph.split(" ")) {
            if (length > 0 && length + 1 + word.length() > WIDTH) {
                text.append('\n');
                length = 0;
            }
            text.append(length == 0 ? "# " : " ").append(word);
            length += length == 0 ? 2 + word.length() : 1 + word.length();
        }
        text.append('\n');
    }
}
