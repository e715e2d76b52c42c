// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.core.type.ClassMetadata;
import org.springframework.core.type.classreading.CachingMetadataReaderFactory;
import org.springframework.core.type.classreading.MetadataReaderFactory;

/**
 * What the modules of the library load by name: their files, the records that they store, the compiled templates of the
 * portal, and the interfaces of their proxies. Spring reads it when it processes an application ahead of time.
 */
final class AllotmentRuntimeHints implements RuntimeHintsRegistrar {
    /** The files of all modules: scripts of the schema, texts, and what the pages need. */
    private static final List<String> FILE_TYPES = List.of("css", "js", "properties", "sql", "svg", "txt");

    private static final String TEMPLATES = "dev.allotment.portal.pages.";

    /** The control plane is a proxy here, and API keys with a scope see its use cases through others. */
    private static final Pattern USE_CASES =
            Pattern.compile("dev\\.allotment\\.((access|backup|erasure|fleet)\\.)?\\w+");

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader loader) {
        FILE_TYPES.forEach(type -> hints.resources().registerPattern("dev/allotment/**/*." + type));
        // Spring 6 only finds files in folders with the pattern above.
        hints.resources().registerPattern("dev/allotment/version.properties");
        registerProxy(hints, Connection.class.getName());
        try {
            MetadataReaderFactory readers = new CachingMetadataReaderFactory(loader);
            for (Resource file : new PathMatchingResourcePatternResolver(loader)
                    .getResources("classpath*:dev/allotment/**/*.class")) {
                register(hints, readers.getMetadataReader(file).getClassMetadata());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void register(RuntimeHints hints, ClassMetadata type) {
        String name = type.getClassName();
        if (Record.class.getName().equals(type.getSuperClassName())) {
            hints.reflection()
                    .registerType(
                            TypeReference.of(name),
                            MemberCategory.INVOKE_DECLARED_CONSTRUCTORS,
                            MemberCategory.INVOKE_PUBLIC_METHODS);
        } else if (name.startsWith(TEMPLATES) && name.endsWith("Generated")) {
            hints.reflection()
                    .registerType(
                            TypeReference.of(name),
                            MemberCategory.INVOKE_DECLARED_METHODS,
                            MemberCategory.INVOKE_PUBLIC_METHODS);
        } else if (USE_CASES.matcher(name).matches() && type.isInterface() && !type.isAnnotation()) {
            registerProxy(hints, name);
        }
    }

    private static void registerProxy(RuntimeHints hints, String name) {
        TypeReference type = TypeReference.of(name);
        hints.proxies().registerJdkProxy(type);
        hints.reflection().registerType(type, MemberCategory.INVOKE_PUBLIC_METHODS);
    }
}
