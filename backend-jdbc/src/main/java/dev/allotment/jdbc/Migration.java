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
import org.jspecify.annotations.Nullable;

/**
 * One step in the history of a schema.
 *
 * @param version counts from 1 without gaps
 * @param script must not change after it was released, because databases store its checksum
 */
public record Migration(int version, String name, String script) {

    /**
     * Reads the script {@code <version, three digits>-<name>.sql}.
     *
     * @param open opens a resource of the backend; a parameter because only the backend's module may open its resources
     */
    public static Migration read(
            int version, String name, String folder, Function<String, @Nullable InputStream> open) {
        String digits = Integer.toString(1000 + version).substring(1);
        String resource = folder + '/' + digits + '-' + name + ".sql";
        try (InputStream in = open.apply(resource)) {
            if (in == null) {
                throw new IllegalStateException("The jar lacks the resource " + resource);
            }
            return new Migration(
                    version, name, new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n"));
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
