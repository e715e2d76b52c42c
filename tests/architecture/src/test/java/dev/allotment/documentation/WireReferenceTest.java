// SPDX-License-Identifier: Apache-2.0
package dev.allotment.documentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.allotment.CreateTenant;
import dev.allotment.Saas;
import dev.allotment.odoo.OdooServices;
import dev.allotment.odoo.OdooSettings;
import dev.allotment.odoo.WebSession;
import dev.allotment.testing.MemoryBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The models have exactly the fields and methods of docs/wire.md. */
final class WireReferenceTest {
    private static final DocumentPage WIRE = DocumentPage.of("docs/wire.md");
    private static final Path SOURCES =
            Path.of("../../protocol-odoo/src/main/java").toAbsolutePath().normalize();
    private static final Pattern NAME = Pattern.compile("\"([a-z][a-z_]+)\"");
    private static final String MAIN = "portal.localhost";
    private static final String CLIENT = "client.localhost";
    private static final String PASSWORD = "admin";
    private static final Map<String, String> PARTS =
            Map.of(MAIN, "## Models of the main database", CLIENT, "## Models of a tenant database");

    private static Saas saas;
    private static OdooServices services;

    @BeforeAll
    static void open() {
        saas = Saas.builder()
                .backend(MemoryBackend.create())
                .administrator("admin", PASSWORD)
                .passwordIterations(1)
                .open();
        saas.tenants()
                .create(CreateTenant.outsidePlans(CLIENT, new CreateTenant.Administrator("admin", PASSWORD))
                        .build());
        services = new OdooServices(saas, OdooSettings.defaults());
    }

    @AfterAll
    static void close() {
        saas.close();
    }

    static Stream<Arguments> models() {
        return Stream.of(MAIN, CLIENT)
                .flatMap(database -> WIRE.section(PARTS.get(database)).headings("###").stream()
                        .map(heading -> Arguments.of(database, heading.substring(4))));
    }

    /** Compares name, type and writability. */
    @ParameterizedTest
    @MethodSource("models")
    void haveExactlyTheDocumentedFields(String database, String model) {
        List<List<String>> documented = new ArrayList<>();
        for (List<String> row : section(database, model).rows("field")) {
            documented.add(List.of(DocumentPage.code(row.get(0)).get(0), row.get(1), row.get(2)));
        }

        assertThat(documented).containsExactlyInAnyOrderElementsOf(fields(database, model));
    }

    @ParameterizedTest
    @MethodSource("models")
    void haveTheDocumentedMethods(String database, String model) {
        assertThat(methods(section(database, model)))
                .allSatisfy(method -> assertThat(exists(database, model, method))
                        .as("%s has %s", model, method)
                        .isTrue());
    }

    /** Every name in the sources of the protocol is tried: methods cannot be listed from outside. */
    @ParameterizedTest
    @MethodSource("models")
    void documentAllMethods(String database, String model) throws IOException {
        Set<String> documented = new TreeSet<>(methods(WIRE.section("## Methods of every stored model")));
        documented.addAll(methods(section(database, model)));
        // Private, so they are refused with another message.
        documented.addAll(List.of("init", "mro"));

        assertThat(names().filter(name -> !documented.contains(name) && exists(database, model, name)))
                .as("methods of %s that docs/wire.md does not mention", model)
                .isEmpty();
    }

    /** The names are what callers with named arguments depend on; {@code =} marks the optional ones. */
    @ParameterizedTest
    @MethodSource("models")
    void haveExactlyTheDocumentedArgumentNames(String database, String model) {
        DocumentPage page = WIRE.section("## Arguments by name");
        List<String> documented = new ArrayList<>();
        for (List<String> row : page.rows("database")) {
            if (row.get(0).equals(database.equals(MAIN) ? "main" : "tenant")
                    && row.get(1).equals("`" + model + "`")) {
                documented.addAll(DocumentPage.code(row.get(2)));
            }
        }
        if (!fields(database, model).isEmpty()) {
            page.rows("every stored model").forEach(row -> documented.addAll(DocumentPage.code(row.get(0))));
        }

        assertThat(documented).containsExactlyInAnyOrderElementsOf(signatures(database, model));
    }

    private static List<String> signatures(String database, String model) {
        List<String> signatures = new ArrayList<>();
        Map<?, ?> methods = (Map<?, ?>) services.bySession(new WebSession(database, 2, "admin", Instant.MAX), null)
                .model(model)
                .get("methods");
        methods.forEach((name, described) -> {
            Map<?, ?> method = (Map<?, ?>) described;
            List<String> parameters = new ArrayList<>();
            if (!(method.get("api") instanceof List<?> api) || !api.contains("model")) {
                parameters.add("ids");
            }
            ((Map<?, ?>) method.get("parameters"))
                    .forEach((parameter, how) ->
                            parameters.add(parameter + (((Map<?, ?>) how).containsKey("default") ? "=" : "")));
            signatures.add(name + "(" + String.join(", ", parameters) + ")");
        });
        return signatures;
    }

    @Test
    void theSourcesNameTheMethods() throws IOException {
        assertThat(names())
                .hasSizeGreaterThan(200)
                .contains("search_read", "create_new_database", "do_upgrade_database");
    }

    @ParameterizedTest
    @MethodSource("models")
    void canBeChangedOnlyAsDocumented(String database, String model) {
        String methods = section(database, model).rows("method").toString();

        assertThat(List.of("create", "write", "unlink"))
                .allSatisfy(
                        method -> assertThat(!refusal(database, model, method).contains("does not exist"))
                                .as("%s has %s", model, method)
                                .isEqualTo(methods.contains("`" + method + "`")));
    }

    /** Returns the method names in the tables of a page. */
    private static List<String> methods(DocumentPage page) {
        return page.rows("method").stream()
                .flatMap(row -> DocumentPage.code(row.get(0)).stream())
                .map(code -> code.replaceAll("\\(.*", ""))
                .toList();
    }

    /** Returns all literals in the sources of the protocol that could be names of methods. */
    private static Stream<String> names() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            Set<String> names = new TreeSet<>();
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".java")).toList()) {
                NAME.matcher(Files.readString(file)).results().forEach(result -> names.add(result.group(1)));
            }
            return names.stream();
        }
    }

    private static boolean exists(String database, String model, String method) {
        return !refusal(database, model, method)
                .equals(refusal(database, model, "no_such_method").replace("no_such_method", method));
    }

    private static DocumentPage section(String database, String model) {
        return WIRE.section(PARTS.get(database)).section("### " + model);
    }

    private static List<List<String>> fields(String database, String model) {
        List<List<String>> fields = new ArrayList<>();
        if (!refusal(database, model, "fields_get").contains("does not exist")) {
            ((Map<?, ?>) call(database, model, "fields_get")).forEach((name, described) -> {
                Map<?, ?> attributes = (Map<?, ?>) described;
                boolean everywhere = name.equals("id") || name.equals("display_name");
                if (!everywhere) {
                    fields.add(List.of(
                            String.valueOf(name),
                            String.valueOf(attributes.get("type")),
                            Boolean.TRUE.equals(attributes.get("readonly")) ? "" : "yes"));
                }
            });
        }
        return fields;
    }

    /** Returns why a call without arguments was refused; empty if it was not. */
    private static String refusal(String database, String model, String method) {
        Throwable refusal = catchThrowable(() -> call(database, model, method));
        return refusal == null ? "" : String.valueOf(refusal.getMessage());
    }

    private static @Nullable Object call(String database, String model, String method) {
        return services.call("object", "execute", List.of(database, 2, PASSWORD, model, method), null);
    }
}
