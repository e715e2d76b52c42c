// SPDX-License-Identifier: Apache-2.0
package dev.allotment.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.RecordField;
import dev.allotment.Saas;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the public API grows, and that all of it is documented: see ADR 16. */
final class PublicApiTest {
    /** From this many components on, a record is expected to grow. */
    private static final int MANY = 6;

    /** An export to every module. */
    private static final Pattern EXPORTS = Pattern.compile("exports ([\\w.]+);");

    private static final Path SOURCES = module("saas-api");

    @Test
    void everyRecordWithManyComponentsHidesItsConstructor() {
        for (Class<?> type : records()) {
            if (type.getRecordComponents().length >= MANY) {
                String source = source(type);
                assertThat(source)
                        .as("%s has many components, so its canonical constructor must be @Internal", type.getName())
                        .containsPattern("@Internal\\s+public " + type.getSimpleName() + " \\{");
            }
        }
    }

    @Test
    void everyRecordWithManyComponentsThatCallersMakeHasABuilder() {
        for (Class<?> type : records()) {
            if (type.getRecordComponents().length >= MANY
                    && type.getPackageName().equals("dev.allotment")) {
                assertThat(type.getMethods())
                        .as("%s has many components, so it needs a builder", type.getName())
                        .anyMatch(method -> Modifier.isStatic(method.getModifiers())
                                && method.getReturnType().getName().equals(type.getName() + "$Builder"))
                        .anyMatch(method -> method.getName().equals("toBuilder")
                                || type.getSimpleName().equals("ConfigurationChange"));
            }
        }
    }

    @Test
    void everyPlainFieldOfAListedRecordHasAConstant() throws IllegalAccessException {
        List<RecordType<?>> types = new ArrayList<>(RecordTypes.catalog());
        types.addAll(RecordTypes.database());
        for (RecordType<?> type : types) {
            Class<?> java = type.javaType();
            for (RecordComponent component : java.getRecordComponents()) {
                if (component.getType() == List.class || component.getType() == Map.class) {
                    continue;
                }
                String constant =
                        component.getName().replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT);
                Field field = Arrays.stream(java.getFields())
                        .filter(each -> each.getName().equals(constant))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError(java.getName() + " has no constant " + constant));
                assertThat(field.get(null)).isInstanceOf(RecordField.class).hasToString(component.getName());
                String value = component.getType().isPrimitive()
                        ? Map.of("long", "Long", "int", "Integer", "boolean", "Boolean")
                                .get(component.getType().getName())
                        : component.getType().getSimpleName();
                assertThat(field.getGenericType().getTypeName().replaceAll("[\\w.]+\\.", ""))
                        .as("%s.%s", java.getName(), constant)
                        .isEqualTo("RecordField<" + java.getSimpleName() + ", " + value + ">");
            }
        }
    }

    /** The modules whose exported packages the README promises to keep compatible. */
    @ParameterizedTest
    @ValueSource(strings = {"saas-api", "saas-tck", "saas-servlet", "saas-mail", "portal-web", "tenant-web"})
    void everyPublicMemberHasJavadoc(String module) throws IOException {
        Path sources = module(module);
        List<Path> exported = EXPORTS
                .matcher(Files.readString(sources.resolve("module-info.java")))
                .results()
                .map(match -> sources.resolve(match.group(1).replace('.', '/')))
                .toList();

        assertThat(exported).isNotEmpty();
        assertThat(exported).flatMap(ApiSources::undocumented).isEmpty();
    }

    @Test
    void aMemberWithoutJavadocIsFound(@TempDir Path folder) throws IOException {
        Files.writeString(
                folder.resolve("Offender.java"),
                "/** A type. */ public interface Offender { void bare(); /** Has one. */ void fine(); int SIZE = 1;"
                        + " enum Kind { /** One. */ ONE, TWO } }");

        assertThat(ApiSources.undocumented(folder)).contains("Offender#bare", "Kind", "Kind#TWO");
        assertThat(ApiSources.undocumented(folder)).doesNotContain("Offender#fine", "Kind#ONE");
    }

    @Test
    void theEntryPointNeedsNoOtherImport() {
        assertThat(Saas.builder()).isNotNull();
        assertThat(source(Saas.class)).doesNotContain("import dev.allotment.core");
    }

    private static List<Class<?>> records() {
        try (Stream<Path> walk = Files.walk(SOURCES)) {
            List<Class<?>> found = new ArrayList<>();
            for (Path path : walk.filter(each -> each.toString().endsWith(".java"))
                    .filter(each -> !each.endsWith("package-info.java") && !each.endsWith("module-info.java"))
                    .toList()) {
                String name =
                        SOURCES.relativize(path).toString().replace(".java", "").replace('/', '.');
                Class<?> type = Class.forName(name, false, PublicApiTest.class.getClassLoader());
                if (type.isRecord() && Modifier.isPublic(type.getModifiers())) {
                    found.add(type);
                }
            }
            assertThat(found).hasSizeGreaterThan(40);
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static String source(Class<?> type) {
        try {
            return Files.readString(SOURCES.resolve(type.getName().replace('.', '/') + ".java"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path module(String name) {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(folder.resolve("saas-api"))) {
            folder = folder.getParent();
        }
        return folder.resolve(name).resolve("src/main/java");
    }
}
