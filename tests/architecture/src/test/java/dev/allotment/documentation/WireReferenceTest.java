// SPDX-License-Identifier: Apache-2.0
package dev.allotment.documentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.allotment.CreateTenant;
import dev.allotment.Saas;
import dev.allotment.odoo.OdooServices;
import dev.allotment.odoo.OdooSettings;
import dev.allotment.tck.memory.MemoryBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The models of docs/wire.md have the fields and the methods that it says. */
final class WireReferenceTest {
    private static final DocumentPage WIRE = DocumentPage.of("docs/wire.md");
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
        saas.tenants().create(CreateTenant.outsidePlans(CLIENT, new CreateTenant.Administrator("admin", PASSWORD)).build());
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

    /** Of each: its name, its type, and whether it is written. */
    @ParameterizedTest
    @MethodSource("models")
    void haveTheseFieldsAndNoOther(String database, String model) {
        List<List<String>> documented = new ArrayList<>();
        for (List<String> row : section(database, model).rows("field")) {
            documented.add(List.of(DocumentPage.code(row.get(0)).get(0), row.get(1), row.get(2)));
        }

        assertThat(documented).containsExactlyInAnyOrderElementsOf(fields(database, model));
    }

    @ParameterizedTest
    @MethodSource("models")
    void haveTheseMethods(String database, String model) {
        List<String> methods = section(database, model).rows("method").stream()
                .flatMap(row -> DocumentPage.code(row.get(0)).stream())
                .map(code -> code.replaceAll("\\(.*", ""))
                .toList();

        assertThat(methods)
                .allSatisfy(method -> assertThat(refusal(database, model, method))
                        .isNotEqualTo(refusal(database, model, "no_such_method").replace("no_such_method", method)));
    }

    @ParameterizedTest
    @MethodSource("models")
    void canBeChangedOnlyAsItSays(String database, String model) {
        String methods = section(database, model).rows("method").toString();

        assertThat(List.of("create", "write", "unlink"))
                .allSatisfy(
                        method -> assertThat(!refusal(database, model, method).contains("does not exist"))
                                .as("%s has %s", model, method)
                                .isEqualTo(methods.contains("`" + method + "`")));
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

    /** Without arguments most methods are refused, but not for being unknown; empty: it was not refused. */
    private static String refusal(String database, String model, String method) {
        Throwable refusal = catchThrowable(() -> call(database, model, method));
        return refusal == null ? "" : String.valueOf(refusal.getMessage());
    }

    private static @Nullable Object call(String database, String model, String method) {
        return services.call("object", "execute", List.of(database, 2, PASSWORD, model, method), null);
    }
}
