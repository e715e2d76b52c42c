// SPDX-License-Identifier: Apache-2.0
package dev.allotment.documentation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A page of the documentation. All methods but {@link #text} ignore code blocks. */
record DocumentPage(Path path, String text) {
    private static final Path PROJECT = Path.of("../..").toAbsolutePath().normalize();
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(.*?)\\s*$");
    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
    private static final Pattern CODE_BLOCK = Pattern.compile("(?ms)^```.*?^```$");
    private static final Pattern CODE_SPAN = Pattern.compile("`([^`]*)`");
    private static final Pattern NAMED = Pattern.compile("\\bdocs/[\\w/-]+\\.md(?:#[\\w-]+)?");
    private static final Pattern NAMING =
            Pattern.compile(".*(?:/src/main/.*\\.(?:java|jte|sql|properties|txt)|\\.ya?ml|\\.py|/pom\\.xml|/saas)");
    private static final Set<String> BUILT = Set.of(".git", ".fast", "target", "data", "node_modules");

    static DocumentPage of(String path) {
        return of(PROJECT.resolve(path));
    }

    static DocumentPage of(Path path) {
        try {
            return new DocumentPage(path, Files.readString(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the pages of the top folder, of docs and of examples, with all folders in these. */
    static List<DocumentPage> all() {
        try (Stream<Path> top = Files.list(PROJECT)) {
            return Stream.of(top, files("docs"), files("examples"))
                    .flatMap(paths -> paths)
                    .filter(path -> path.toString().endsWith(".md"))
                    .sorted()
                    .map(DocumentPage::of)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns which pages of docs the main sources and examples name, such as docs/wire.md, and the files that do. */
    static Map<String, List<String>> namedByFiles() {
        Map<String, List<String>> named = new TreeMap<>();
        files("").filter(path -> NAMING.matcher(path.toString()).matches()).forEach(path -> {
            Matcher matcher = NAMED.matcher(of(path).text());
            while (matcher.find()) {
                named.computeIfAbsent(matcher.group(), name -> new ArrayList<>())
                        .add(PROJECT.relativize(path).toString());
            }
        });
        return named;
    }

    /** Returns the files below a folder, without those that a build made. */
    private static Stream<Path> files(String folder) {
        List<Path> files = new ArrayList<>();
        try {
            Files.walkFileTree(PROJECT.resolve(folder), new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path each, BasicFileAttributes attributes) {
                    return BUILT.contains(each.getFileName().toString())
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    files.add(file);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files.stream();
    }

    String name() {
        return PROJECT.relativize(path).toString();
    }

    List<String> links() {
        List<String> links = new ArrayList<>();
        Matcher matcher = LINK.matcher(prose());
        while (matcher.find()) {
            links.add(matcher.group(1));
        }
        return links;
    }

    /** Returns the anchors that links can use, as GitHub derives them from headings. */
    List<String> anchors() {
        List<String> anchors = new ArrayList<>();
        Matcher matcher = HEADING.matcher(prose());
        while (matcher.find()) {
            String slug = matcher.group(1)
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N} _-]", "")
                    .replace(' ', '-');
            long before = anchors.stream()
                    .filter(anchor -> anchor.matches(Pattern.quote(slug) + "(-\\d+)?"))
                    .count();
            anchors.add(before == 0 ? slug : slug + "-" + before);
        }
        return anchors;
    }

    /** Returns everything from a heading to the next heading of the same or a higher level. */
    DocumentPage section(String heading) {
        String level = heading.substring(0, heading.indexOf(' '));
        Matcher matcher = Pattern.compile(
                        "(?ms)^" + Pattern.quote(heading) + "$\\R(.*?)(?=^#{1," + level.length() + "} |\\z)")
                .matcher(text);
        if (!matcher.find()) {
            throw new AssertionError(name() + " has no heading \"" + heading + "\"");
        }
        return new DocumentPage(path, matcher.group(1));
    }

    List<String> headings(String level) {
        return prose().lines().filter(line -> line.startsWith(level + " ")).toList();
    }

    /** Returns the rows of all tables whose first column has this title, as stripped cells. */
    List<List<String>> rows(String firstColumn) {
        List<List<String>> rows = new ArrayList<>();
        boolean wanted = false;
        boolean inside = false;
        for (String line : prose().lines().toList()) {
            if (!line.startsWith("|")) {
                inside = false;
            } else {
                List<String> cells = cells(line);
                if (!inside) {
                    wanted = cells.get(0).equals(firstColumn);
                } else if (wanted && !cells.get(0).startsWith("--")) {
                    rows.add(cells);
                }
                inside = true;
            }
        }
        return rows;
    }

    /** Returns the texts between backticks. */
    static List<String> code(String cell) {
        return CODE_SPAN.matcher(cell).results().map(result -> result.group(1)).toList();
    }

    private static List<String> cells(String line) {
        return Arrays.stream(line.substring(1, line.lastIndexOf('|')).split("(?<!\\\\)\\|", -1))
                .map(String::strip)
                .toList();
    }

    private String prose() {
        return CODE_BLOCK.matcher(text).replaceAll("");
    }
}
