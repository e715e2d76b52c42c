// SPDX-License-Identifier: Apache-2.0
package dev.allotment.text;

import dev.allotment.ErrorCodes;
import dev.allotment.Parameter;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The texts of one area, such as the pages of the portal, in all languages. A bundle is a file {@code
 * <area>.<language>.properties} in UTF-8. English is the reference: each other language has the same keys with the same
 * placeholders. Immutable.
 */
public final class TextBundles {
    /** The languages that all areas have. */
    public static final List<String> LANGUAGES = List.of("en", "de", "fr", "es");

    private static final String ENGLISH = "en";
    /** The areas whose texts a folder can replace. */
    private static final List<String> AREAS = List.of("portal", "tenant");

    private static final Set<String> PLURALS = Set.of(".one", ".many", ".other");
    private static final Pattern FILE = Pattern.compile("([a-z-]+)\\.([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\\.properties");
    private static final int MAX_HEADER = 1000;
    private static final int MAX_RANGES = 20;
    private static final Pattern RANGE =
            Pattern.compile("([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)(?:\\s*;\\s*[qQ]=([01](?:\\.[0-9]{0,3})?))?");

    private final String area;
    private final Map<String, Map<String, String>> sources;
    private final Map<String, Texts> texts = new LinkedHashMap<>();

    private TextBundles(String area, Map<String, Map<String, String>> sources) {
        this.area = area;
        this.sources = new LinkedHashMap<>(sources);
        sources.forEach((language, bundle) -> {
            Map<String, TextPattern> patterns = new HashMap<>();
            bundle.forEach((key, source) -> patterns.put(key, TextPattern.of(source)));
            texts.put(language, new Texts(language, patterns));
        });
    }

    /**
     * Reads the bundles of an area from the jar of the caller.
     *
     * @param area the first part of the names of the files
     * @param resources opens a file by its name, such as {@code portal.de.properties}; null if there is none
     * @throws IllegalStateException if a bundle is missing, or differs from the English one
     */
    public static TextBundles load(String area, Function<String, @Nullable InputStream> resources) {
        Map<String, Map<String, String>> sources = new LinkedHashMap<>();
        List<String> problems = new ArrayList<>();
        for (String language : LANGUAGES) {
            String name = area + "." + language + ".properties";
            try (InputStream in = resources.apply(name)) {
                if (in == null) {
                    throw new IllegalStateException("The jar does not contain " + name + ". Build it again.");
                }
                sources.put(language, read(new InputStreamReader(in, StandardCharsets.UTF_8)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        sources.forEach((language, bundle) -> problems.addAll(
                differences(area + "." + language + ".properties", reference(sources), bundle, language, true)));
        if (!problems.isEmpty()) {
            throw new IllegalStateException("Invalid texts:\n  " + String.join("\n  ", problems));
        }
        return new TextBundles(area, sources);
    }

    private static Map<String, String> reference(Map<String, Map<String, String>> sources) {
        return sources.getOrDefault(ENGLISH, Map.of());
    }

    private static Map<String, String> read(Reader reader) throws IOException {
        Properties properties = new Properties();
        properties.load(reader);
        Map<String, String> bundle = new TreeMap<>();
        properties.stringPropertyNames().forEach(key -> bundle.put(key, properties.getProperty(key)));
        return bundle;
    }

    /**
     * Returns what differs between a bundle and the English one: missing keys, unknown keys, and other placeholders.
     *
     * @param whole whether the bundle must have all keys
     */
    private static List<String> differences(
            String name, Map<String, String> english, Map<String, String> bundle, String language, boolean whole) {
        List<String> problems = new ArrayList<>();
        Set<String> expected = new TreeSet<>();
        for (String key : english.keySet()) {
            String stem = stem(key);
            if (stem.equals(key)) {
                expected.add(key);
            } else {
                PluralCategory.all(language).forEach(each -> expected.add(stem + "." + each.word()));
            }
        }
        for (String key : expected) {
            if (whole && !bundle.containsKey(key)) {
                problems.add(name + ": the text " + key + " is missing");
            }
        }
        bundle.forEach((key, source) -> {
            if (!expected.contains(key)) {
                problems.add(name + ": there is no text with the key " + key);
                return;
            }
            String stem = stem(key);
            String original = english.getOrDefault(key, english.getOrDefault(stem + ".other", ""));
            Set<String> wanted = new TreeSet<>(TextPattern.of(original).placeholders());
            Set<String> found = new TreeSet<>(TextPattern.of(source).placeholders());
            if (!stem.equals(key)) {
                // "One day" may do without the number.
                wanted.remove("{0}");
                found.remove("{0}");
            }
            if (!wanted.equals(found)) {
                problems.add(name + ": " + key + " has the placeholders " + found + "; expected " + wanted);
            }
            if (source.isBlank()) {
                problems.add(name + ": " + key + " is empty");
            }
        });
        return problems;
    }

    private static String stem(String key) {
        int dot = key.lastIndexOf('.');
        return dot > 0 && PLURALS.contains(key.substring(dot)) ? key.substring(0, dot) : key;
    }

    /**
     * Returns a copy with the texts of a folder, which is read once. A file of a language that the area has may contain
     * some of the texts; a file of another language contains all of them, and adds the language. Files of other areas
     * are not read.
     *
     * @throws SaasException {@code setting.invalid} naming every file and key that is wrong
     */
    public TextBundles with(Path folder) {
        Map<String, Map<String, String>> all = new LinkedHashMap<>(sources);
        List<String> problems = new ArrayList<>();
        files(folder, problems).forEach((name, content) -> {
            Matcher matcher = FILE.matcher(name);
            if (!matcher.matches() || !AREAS.contains(matcher.group(1))) {
                if (name.endsWith(".properties")) {
                    problems.add(name + ": expected <area>.<language>.properties, with an area of " + AREAS);
                }
                return;
            }
            String language = matcher.group(2);
            if (matcher.group(1).equals(area)) {
                boolean known = sources.containsKey(language);
                Map<String, String> merged = new TreeMap<>(sources.getOrDefault(language, Map.of()));
                try {
                    Map<String, String> own = read(new StringReader(content));
                    problems.addAll(differences(name, reference(sources), own, language, !known));
                    merged.putAll(own);
                } catch (IOException | IllegalArgumentException e) {
                    problems.add(name + ": expected a file of properties in UTF-8");
                }
                all.put(language, merged);
            }
        });
        if (!problems.isEmpty()) {
            throw SaasException.invalid(
                    ErrorCodes.SETTING_INVALID, "Invalid texts:\n  " + String.join("\n  ", problems));
        }
        return new TextBundles(area, all);
    }

    private static Map<String, String> files(Path folder, List<String> problems) {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> found = Files.list(folder)) {
            for (Path each : found.filter(Files::isRegularFile).toList()) {
                files.put(String.valueOf(each.getFileName()), Files.readString(each));
            }
        } catch (IOException | UncheckedIOException e) {
            problems.add("Expected a readable folder with texts in UTF-8");
        }
        return files;
    }

    /** Returns the texts of all languages, English first. */
    public Collection<Texts> all() {
        return List.copyOf(texts.values());
    }

    /** Returns the English texts. */
    public Texts english() {
        return texts.getOrDefault(ENGLISH, new Texts(ENGLISH, Map.of()));
    }

    /**
     * Returns the texts for readers whose language is not known: those that {@link Parameter#LANGUAGE} names, else the
     * English ones. Reads the catalog. Pages need these texts also if the catalog is not available: then they are
     * English.
     */
    public Texts usual(Saas saas) {
        try {
            return saas.parameters()
                    .value(Parameter.LANGUAGE)
                    .flatMap(this::find)
                    .orElseGet(this::english);
        } catch (SaasException e) {
            // The page says that the catalog is not available, in English.
            return english();
        }
    }

    /**
     * Returns the texts of a language, or of the nearest one that contains it.
     *
     * @param language such as {@code de}, {@code de-CH} or {@code de_CH}; may be anything
     */
    public Optional<Texts> find(String language) {
        String wanted = language.replace('_', '-');
        while (!wanted.isEmpty() && wanted.length() <= MAX_HEADER) {
            for (Map.Entry<String, Texts> each : texts.entrySet()) {
                if (each.getKey().equalsIgnoreCase(wanted)) {
                    return Optional.of(each.getValue());
                }
            }
            wanted = wanted.substring(0, Math.max(wanted.lastIndexOf('-'), 0));
        }
        return Optional.empty();
    }

    /**
     * Returns the texts that a browser wants most, by the lookup of RFC 4647. Only the start of a long header counts.
     *
     * @param header the value of {@code Accept-Language}, which may be anything; null: there is none
     */
    public Optional<Texts> accepted(@Nullable String header) {
        if (header == null) {
            return Optional.empty();
        }
        Texts best = null;
        double weight = 0;
        String[] ranges =
                header.substring(0, Math.min(header.length(), MAX_HEADER)).split(",", MAX_RANGES + 1);
        for (int i = 0; i < Math.min(ranges.length, MAX_RANGES); i++) {
            Matcher range = RANGE.matcher(ranges[i].strip());
            if (range.matches()) {
                double q = range.group(2) == null ? 1 : Double.parseDouble(range.group(2));
                Optional<Texts> found = q > weight && q <= 1 ? find(range.group(1)) : Optional.empty();
                if (found.isPresent()) {
                    best = found.get();
                    weight = q;
                }
            }
        }
        return Optional.ofNullable(best);
    }
}
