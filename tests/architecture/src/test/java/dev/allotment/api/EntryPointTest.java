// SPDX-License-Identifier: Apache-2.0
package dev.allotment.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.Saas;
import dev.allotment.core.CoreProvider;
import dev.allotment.testing.MemoryBackend;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How {@link Saas#builder} finds the core: next to the API, or else in the thread's context class loader. */
final class EntryPointTest {
    private final ClassLoader before = Thread.currentThread().getContextClassLoader();

    @AfterEach
    void restore() {
        Thread.currentThread().setContextClassLoader(before);
    }

    @Test
    void findsTheCoreNextToTheApi() {
        Thread.currentThread().setContextClassLoader(ClassLoader.getPlatformClassLoader());

        try (Saas saas = Saas.builder().backend(MemoryBackend.create()).open()) {
            assertThat(saas.getClass().getClassLoader()).isSameAs(CoreProvider.class.getClassLoader());
        }
    }

    @Test
    void findsTheCoreInTheContextClassLoader() throws Exception {
        try (URLClassLoader api = loader(ClassLoader.getPlatformClassLoader(), Saas.class, Nullable.class);
                URLClassLoader application = loader(api, CoreProvider.class, MemoryBackend.class)) {
            Thread.currentThread().setContextClassLoader(application);

            Object builder = builder(api);
            builder.getClass().getMethod("backend", String.class, Map.class).invoke(builder, "memory", Map.of());
            try (AutoCloseable saas =
                    (AutoCloseable) builder.getClass().getMethod("open").invoke(builder)) {
                assertThat(saas.getClass().getClassLoader()).isSameAs(application);
            }
        }
    }

    @Test
    void saysWhatIsMissingIfThereIsNoCore() throws IOException {
        try (URLClassLoader api = loader(ClassLoader.getPlatformClassLoader(), Saas.class, Nullable.class)) {
            Thread.currentThread().setContextClassLoader(api);

            assertThatThrownBy(() -> builder(api))
                    .isInstanceOf(InvocationTargetException.class)
                    .cause()
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("dev.allotment:saas-core");
        }
    }

    private static Object builder(ClassLoader api) throws ReflectiveOperationException {
        return api.loadClass(Saas.class.getName()).getMethod("builder").invoke(null);
    }

    private static URLClassLoader loader(ClassLoader parent, Class<?>... inside) {
        URL[] urls = new URL[inside.length];
        for (int i = 0; i < inside.length; i++) {
            urls[i] = inside[i].getProtectionDomain().getCodeSource().getLocation();
        }
        return new URLClassLoader(urls, parent);
    }
}
