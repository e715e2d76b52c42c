// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.setting;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The secret keys: one, or the lines of a file, which is read again at each use, so that the key can be replaced while
 * the process runs. Thread-safe.
 */
public final class SecretKeys implements Supplier<List<String>> {
    private static final Logger LOG = LoggerFactory.getLogger(SecretKeys.class);
    private static final int SHORTEST = 16;

    private final @Nullable Path file;
    private List<String> present;

    private SecretKeys(@Nullable Path file, List<String> present) {
        this.file = file;
        this.present = present;
    }

    /**
     * Returns the keys.
     *
     * @param text the key, or what the file contains now
     * @param file null if the key is not in a file
     */
    public static SecretKeys of(String text, @Nullable String file) {
        return file == null ? new SecretKeys(null, List.of(text)) : new SecretKeys(Path.of(file), parse(text));
    }

    /** The last key is the whole text, if it has several lines: once it was one key, which may have encrypted. */
    private static List<String> parse(String text) {
        String whole = text.replaceFirst("\\R\\z", "");
        List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
        return lines.isEmpty() || lines.contains(whole)
                ? lines
                : Stream.concat(lines.stream(), Stream.of(whole)).toList();
    }

    /** The keys of another installation. */
    public static List<String> of(Path file) throws IOException {
        return parse(Files.readString(file));
    }

    /** Whether each is long enough, and there is one. */
    public boolean areValid() {
        return areValid(present);
    }

    private static boolean areValid(List<String> keys) {
        return !keys.isEmpty() && keys.stream().allMatch(key -> key.length() >= SHORTEST);
    }

    /** What keys must be, for messages. */
    public static String expected() {
        return "at least " + SHORTEST + " characters; in a file, that many in each line";
    }

    /** Returns the keys of now: the last valid ones, while the file is being replaced. */
    @Override
    public synchronized List<String> get() {
        if (file != null) {
            try {
                List<String> read = parse(Files.readString(file));
                if (!areValid(read)) {
                    LOG.warn(
                            "The file of --secret-key-file is not valid, so the last keys are used: expected {}",
                            expected());
                } else if (!read.equals(present)) {
                    present = read;
                    LOG.info("The file of --secret-key-file was changed: keys={}", read.size());
                }
            } catch (IOException e) {
                LOG.warn("The file of --secret-key-file cannot be read, so the last keys are used", e);
            }
        }
        return present;
    }
}
