// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The queries that are too long for a text block. They are in the folder of the class that runs them. */
public final class SqlResource {
    private SqlResource() {}

    /** Returns the text of a query. */
    public static String read(Class<?> user, String name) {
        try (InputStream in = Objects.requireNonNull(user.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
