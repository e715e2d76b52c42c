// SPDX-License-Identifier: Apache-2.0
package dev.allotment.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.Operation;
import dev.allotment.Plan;
import dev.allotment.Tenant;
import dev.allotment.api.offenders.BareRecord;
import dev.allotment.api.offenders.ForgetfulRecord;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.record.PublicViews;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the public API grows, and that all of it is documented: see ADR 16. */
final class PublicApiTest {
    /** An export to every module. */
    private static final Pattern EXPORTS = Pattern.compile("exports ([\\w.]+);");

    private static final Path SOURCES = module("saas-api");

    /** Its parts have verbs as names, and each call adds to what was given before. */
    private static final Set<String> WITHOUT_COPY = Set.of("ConfigurationChange");

    private static final List<String> COMPUTED =
            List.of("StoredTenant.storageExceeded", "Tenant.storageExceeded", "Server.lost", "Server.source");

    @Test
    void everyRecordThatGrowsHidesItsConstructor() throws IOException {
        assertThat(exported("saas-api")).flatMap(ApiSources::openConstructors).isEmpty();
    }

    @Test
    void findsARecordThatGrowsAndShowsItsConstructor(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("Offender.java"), """
                public interface Offender {
                    record Implicit(int a, int b, int c, int d, int e, int f) {}
                    record Unmarked(int a, int b, int c, int d, int e, int f) { public Unmarked {} }
                    record Built(int a) { public static final class Builder {} }
                    record Fine(int a, int b, int c, int d, int e, int f) { @Internal public Fine {} }
                    record Small(int a, int b, int c, int d, int e) {}
                }
                """);

        assertThat(ApiSources.openConstructors(folder)).containsExactly("Implicit", "Unmarked", "Built");
    }

    @Test
    void everyRecordWithManyComponentsThatCallersMakeHasABuilder() {
        Set<Class<?>> taken = takenByUseCases();
        assertThat(taken).contains(CreateTenant.class, Plan.class, Tenant.class).doesNotContain(Operation.class);
        for (Class<?> type : taken) {
            if (type.isRecord() && !WITHOUT_COPY.contains(type.getSimpleName())) {
                assertThat(RecordRules.withoutBuilder(type)).isEmpty();
            }
        }
    }

    /** Returns what use cases take, also as what a function of the caller changes; they return the rest. */
    private static Set<Class<?>> takenByUseCases() {
        Set<Class<?>> taken = new HashSet<>();
        types().filter(type -> type.isInterface() && !type.getPackageName().matches("dev\\.allotment\\.(spi|hook).*"))
                .flatMap(type -> Arrays.stream(type.getMethods()))
                .flatMap(method -> Arrays.stream(method.getGenericParameterTypes()))
                .forEach(parameter -> add(taken, parameter));
        return taken;
    }

    private static void add(Set<Class<?>> taken, Type type) {
        if (type instanceof Class<?> plain) {
            taken.add(plain);
        } else if (type instanceof ParameterizedType generic && generic.getRawType() == UnaryOperator.class) {
            add(taken, generic.getActualTypeArguments()[0]);
        }
    }

    @Test
    void findsARecordWithoutABuilder() {
        assertThat(RecordRules.withoutBuilder(BareRecord.class))
                .containsExactly("BareRecord has no static factory of a builder", "BareRecord has no toBuilder");
    }

    @Test
    void everyBuilderSetsAndCopiesEachPart() {
        List<Class<?>> built = records().stream()
                .filter(type -> RecordRules.toBuilder(type).isPresent())
                .toList();
        assertThat(built).hasSizeGreaterThan(10);
        for (Class<?> type : built) {
            assertThat(RecordRules.brokenBuilder(type, COMPUTED)).isEmpty();
        }
    }

    @Test
    void findsABuilderThatForgetsAPart() {
        assertThat(RecordRules.brokenBuilder(ForgetfulRecord.class, List.of("ForgetfulRecord.active")))
                .containsExactly(
                        "ForgetfulRecord.size has no builder part",
                        "ForgetfulRecord.active is computed, but has a builder part",
                        "ForgetfulRecord.size is not copied by toBuilder",
                        "ForgetfulRecord.active is not copied by toBuilder");
    }

    @Test
    void callersSeeEverythingOfAStoredRowThatTheirRecordHas() {
        for (boolean flag : List.of(true, false)) {
            StoredTenant tenant = RecordRules.example(StoredTenant.class, flag);
            assertThat(RecordRules.lost(tenant, PublicViews.tenant(Actor.HOST, tenant)))
                    .isEmpty();
            StoredOperation operation = RecordRules.example(StoredOperation.class, flag);
            assertThat(RecordRules.lost(operation, PublicViews.operation(operation)))
                    .isEmpty();
            assertThat(RecordRules.lost(
                            operation,
                            PublicViews.operation(
                                    operation.toBuilder().attempts(99).build())))
                    .containsExactly("Operation.attempts");
        }
    }

    @Test
    void everyBuilderPartStatesItsDefault() throws IOException {
        assertThat(exported("saas-api"))
                .flatMap(each -> ApiSources.partsWithoutDefault(each, WITHOUT_COPY))
                .isEmpty();
    }

    @Test
    void findsABuilderPartWithoutADefault(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("Offender.java"), """
                public record Offender(int a, int b, int c) {
                    public static Builder builder(int a) { return new Builder(); }
                    public static final class Builder {
                        /** Sets a. */ public Builder a(int value) { return this; }
                        /** Sets b. Default: 0. */ public Builder b(int value) { return this; }
                        /** Sets c. */ public Builder c(int value) { return this; }
                    }
                }
                """);

        assertThat(ApiSources.partsWithoutDefault(folder, Set.of())).containsExactly("Offender.Builder#c");
        assertThat(ApiSources.partsWithoutDefault(folder, Set.of("Offender"))).isEmpty();
    }

    @Test
    void everyPlainFieldOfAListedRecordHasAConstant() {
        List<RecordType<?>> types = new ArrayList<>(RecordTypes.catalog());
        types.addAll(RecordTypes.database());
        for (RecordType<?> type : types) {
            assertThat(RecordRules.withoutConstant(type.javaType())).isEmpty();
        }
    }

    @Test
    void findsAFieldWithoutAConstant() {
        assertThat(RecordRules.withoutConstant(BareRecord.class))
                .containsExactly(
                        "BareRecord.NAME names size",
                        "BareRecord.SIZE is no RecordField<BareRecord, Integer>",
                        "BareRecord.ACTIVE is no RecordField<BareRecord, Boolean>",
                        "BareRecord has no constant TZ");
    }

    /** The modules whose exported packages the README promises to keep compatible. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "saas-api",
                "saas-test",
                "saas-tck",
                "saas-servlet",
                "saas-mail",
                "integrations/saas-micrometer",
                "integrations/openfeature",
                "integrations/migrations-flyway",
                "integrations/migrations-liquibase",
                "integrations/backup-s3",
                "portal-web",
                "tenant-web"
            })
    void everyPublicMemberHasJavadoc(String module) throws IOException {
        assertThat(exported(module)).flatMap(ApiSources::undocumented).isEmpty();
    }

    /** Returns the folders of the packages that a module exports. */
    private static List<Path> exported(String module) throws IOException {
        Path sources = module(module);
        List<Path> exported = EXPORTS.matcher(Files.readString(sources.resolve("module-info.java")))
                .results()
                .map(match -> sources.resolve(match.group(1).replace('.', '/')))
                .toList();
        assertThat(exported).isNotEmpty();
        return exported;
    }

    @Test
    void findsAMemberWithoutJavadoc(@TempDir Path folder) throws IOException {
        Files.writeString(
                folder.resolve("Offender.java"),
                "/** A type. */ public interface Offender { void bare(); /** Has one. */ void fine(); int SIZE = 1;"
                        + " RecordField<Offender, String> NAME = RecordField.of(\"name\");"
                        + " enum Kind { /** One. */ ONE, TWO } }");

        assertThat(ApiSources.undocumented(folder))
                .containsExactly("Offender#bare", "Offender#SIZE", "Kind", "Kind#TWO");
    }

    private static List<Class<?>> records() {
        List<Class<?>> found = types().filter(Class::isRecord).toList();
        assertThat(found).hasSizeGreaterThan(40);
        return found;
    }

    /** Returns the public types of saas-api. */
    private static Stream<Class<?>> types() {
        try (Stream<Path> walk = Files.walk(SOURCES)) {
            List<Class<?>> found = new ArrayList<>();
            for (Path path : walk.filter(each -> each.toString().endsWith(".java"))
                    .filter(each -> !each.endsWith("package-info.java") && !each.endsWith("module-info.java"))
                    .toList()) {
                String name =
                        SOURCES.relativize(path).toString().replace(".java", "").replace('/', '.');
                add(found, Class.forName(name, false, PublicApiTest.class.getClassLoader()));
            }
            return found.stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static void add(List<Class<?>> found, Class<?> type) {
        if (Modifier.isPublic(type.getModifiers())) {
            found.add(type);
            for (Class<?> nested : type.getDeclaredClasses()) {
                add(found, nested);
            }
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
