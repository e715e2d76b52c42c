// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of this build. It is in a resource, since a program that repackages jars loses their manifests. */
final class LibraryVersion {
    static final String TEXT = read();

    private LibraryVersion() {}

    private static String read() {
        Properties properties = new Properties();
        try (InputStream stream = LibraryVersion.class.getResourceAsStream("version.properties")) {
            if (stream == null) {
                throw new IllegalStateException("The resource version.properties of saas-api is missing.");
            }
            properties.load(stream);
        } catch (IOException e) {
            throw new UncheckedIOException("The resource version.properties of saas-api cannot be read", e);
        }
        return properties.getProperty("version", "");
    }
}
