// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One step in the history of a schema.
 *
 * @param version counts from 1 without gaps
 * @param readableFrom the oldest schema version of which a build can use the schema after this migration. The same
 *     number as that of the migration before: the migration expands the schema, and nodes of older builds continue. A
 *     larger one: it contracts the schema, and runs only when no node of an older build is left
 * @param concurrent whether its statements run one by one outside a transaction, such as {@code CREATE INDEX
 *     CONCURRENTLY}. Each has to change nothing if it runs again
 * @param script must not change after it was released, because databases store its checksum
 */
public record Migration(int version, String name, int readableFrom, boolean concurrent, String script) {
    private static final String CONCURRENT = ".concurrently";
    private static final Pattern DECLARATION = Pattern.compile("-- readable from (\\d{1,9})\n");

    /** Checks that builds of this version can read the schema. */
    public Migration {
        if (readableFrom < 1 || readableFrom > version) {
            throw new IllegalArgumentException("Migration " + version + " (" + name
                    + ") must be readable from a version between 1 and " + version + ", not from " + readableFrom);
        }
    }

    /**
     * Reads the script {@code <version, three digits>-<name>.sql}, or {@code <version>-<name>.concurrently.sql} for
     * statements that run outside a transaction. Its first line is {@code -- readable from <version>}. That line is not
     * part of the script or its checksum.
     *
     * @param open opens a resource of the backend; a parameter because only the backend's module may open its resources
     * @throws IllegalStateException if there is no such script, or its first line is not the declaration
     */
    public static Migration read(
            int version, String name, String folder, Function<String, @Nullable InputStream> open) {
        String resource = resource(version, name, folder);
        String script = text(resource + ".sql", open);
        boolean concurrent = script == null;
        if (script == null) {
            script = text(resource + CONCURRENT + ".sql", open);
        }
        if (script == null) {
            throw new IllegalStateException("The jar lacks the resource " + resource + ".sql");
        }
        Matcher declaration = DECLARATION.matcher(script);
        if (!declaration.lookingAt()) {
            throw new IllegalStateException("The first line of " + resource
                    + ".sql must say which builds can use the schema after it: -- readable from <schema version>");
        }
        return new Migration(
                version, name, Integer.parseInt(declaration.group(1)), concurrent, script.substring(declaration.end()));
    }

    /** The path of a script without its extension. */
    static String resource(int version, String name, String folder) {
        return folder + '/' + Integer.toString(1000 + version).substring(1) + '-' + name;
    }

    /** Reads a script; null if there is none. */
    static @Nullable String text(String resource, Function<String, @Nullable InputStream> open) {
        try (InputStream in = open.apply(resource)) {
            return in == null ? null : new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The SHA-256 of the script, in hexadecimal. */
    public String checksum() {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
