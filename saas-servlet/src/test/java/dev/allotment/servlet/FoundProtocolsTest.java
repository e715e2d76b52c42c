// SPDX-License-Identifier: Apache-2.0
package dev.allotment.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Saas;
import dev.allotment.spi.Settings;
import dev.allotment.spi.protocol.ProtocolAdapter;
import dev.allotment.spi.protocol.ProtocolProvider;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoundProtocolsTest {
    @TempDir
    private Path folder;

    @Test
    void findsTheOtherProtocolsDespiteABrokenJar() throws Exception {
        List<URL> jars = new ArrayList<>();
        for (String line : List.of(
                "not a class name",
                "dev.allotment.gone.Provider",
                "java.lang.String",
                Unwilling.class.getName(),
                Working.class.getName())) {
            jars.add(jar(line));
        }

        try (URLClassLoader loader =
                new URLClassLoader(jars.toArray(new URL[0]), getClass().getClassLoader())) {
            assertThat(FoundProtocols.list(loader)).singleElement().isInstanceOf(Working.class);
        }
    }

    @Test
    void givesUpOnAClassLoaderThatAlwaysFails() {
        ClassLoader failing = new ClassLoader(null) {
            @Override
            public java.util.Enumeration<URL> getResources(String name) throws IOException {
                throw new IOException("disk");
            }
        };

        assertThat(FoundProtocols.list(failing)).isEmpty();
    }

    private URL jar(String line) throws IOException {
        Path root = Files.createTempDirectory(folder, "jar");
        Path services = Files.createDirectories(root.resolve("META-INF/services"));
        Files.writeString(services.resolve(ProtocolProvider.class.getName()), line + "\n");
        return root.toUri().toURL();
    }

    /** A provider that loads. */
    public static final class Working implements ProtocolProvider {
        @Override
        public String name() {
            return "working";
        }

        @Override
        public ProtocolAdapter open(Saas saas, Settings settings) {
            return new EchoAdapter();
        }
    }

    /** A provider whose constructor fails. */
    public static final class Unwilling implements ProtocolProvider {
        public Unwilling() {
            throw new IllegalStateException("no");
        }

        @Override
        public String name() {
            return "unwilling";
        }

        @Override
        public ProtocolAdapter open(Saas saas, Settings settings) {
            return new EchoAdapter();
        }
    }
}
