// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.rest.json.Json;
import dev.allotment.rest.route.Field;
import dev.allotment.rest.route.Route;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The document and the reference are complete, and others understand the document. */
class OpenApiTest {
    private static final RouteTable TABLE = RouteTable.all();
    private static final String DOCUMENT = new String(Json.write(OpenApi.document(TABLE)), StandardCharsets.UTF_8);

    private static SwaggerParseResult parsed() {
        ParseOptions options = new ParseOptions();
        options.setResolve(true);
        return new OpenAPIV3Parser().readContents(DOCUMENT, List.of(), options);
    }

    @Test
    void anotherParserHasNoComplaints() {
        SwaggerParseResult result = parsed();

        assertThat(result.getMessages()).isEmpty();
        assertThat(result.isOpenapi31()).isTrue();
    }

    @Test
    void everyRouteIsInTheDocumentWithItsScopesParametersAndFields() {
        OpenAPI document = parsed().getOpenAPI();
        for (Route each : TABLE.routes()) {
            PathItem path = document.getPaths().get(each.path());
            Operation operation = path.readOperationsMap().get(PathItem.HttpMethod.valueOf(each.method()));
            assertThat(operation.getOperationId()).isEqualTo(each.name());
            assertThat(operation.getSecurity().stream().map(alternative -> alternative.get("apiKey")))
                    .as(each.name())
                    .containsExactlyElementsOf(
                            each.rights().scopes().stream().map(List::of).toList());
            assertThat(operation.getResponses()).containsKeys(Integer.toString(each.status()), "4XX", "5XX");
            Set<String> parameters = operation.getParameters() == null
                    ? Set.of()
                    : operation.getParameters().stream()
                            .filter(parameter -> !parameter.getIn().equals("header"))
                            .map(parameter -> parameter.getName())
                            .collect(Collectors.toSet());
            assertThat(parameters)
                    .as(each.name())
                    .isEqualTo(Stream.concat(each.variables().stream(), each.query().stream())
                            .map(Field::name)
                            .collect(Collectors.toSet()));
            if (!each.body().isEmpty()) {
                Map<?, ?> fields = operation
                        .getRequestBody()
                        .getContent()
                        .get("application/json")
                        .getSchema()
                        .getProperties();
                assertThat(fields.keySet().stream().map(String::valueOf))
                        .as(each.name())
                        .containsExactlyElementsOf(
                                each.body().stream().map(Field::name).toList());
            }
        }
        assertThat(document.getPaths().values().stream()
                        .mapToInt(path -> path.readOperationsMap().size())
                        .sum())
                .isEqualTo(TABLE.routes().size());
    }

    @Test
    void namesAreUniqueAndNoParameterOccursTwice() {
        assertThat(TABLE.routes()).extracting(Route::name).doesNotHaveDuplicates();
        assertThat(TABLE.routes())
                .extracting(each -> each.method() + " " + each.path())
                .doesNotHaveDuplicates();
        assertThat(TABLE.routes()).allSatisfy(each -> {
            assertThat(each.query()).extracting(Field::name).doesNotHaveDuplicates();
            assertThat(each.body()).extracting(Field::name).doesNotHaveDuplicates();
        });
    }

    /** Addresses are in logs and histories. */
    @Test
    void noAddressHasASecret() {
        assertThat(TABLE.routes())
                .allSatisfy(each -> assertThat(Stream.concat(each.variables().stream(), each.query().stream()))
                        .as(each.name())
                        .extracting(Field::name)
                        .doesNotContain("secret", "token", "password"));
    }

    /** Secrets are in the answer that creates them, and nowhere else. */
    @Test
    void onlyNewKeysWebhooksInvitationsAndSignInLinksHaveSecrets() {
        Map<String, Object> found = new TreeMap<>();
        parsed().getOpenAPI().getComponents().getSchemas().forEach((name, schema) -> {
            Set<String> secrets = ((Map<?, ?>) schema.getProperties())
                    .keySet().stream()
                            .map(String::valueOf)
                            .filter(each -> each.toLowerCase(Locale.ROOT)
                                    .matches(".*(secret|token|password|salt|credential).*"))
                            .collect(Collectors.toSet());
            if (!secrets.isEmpty()) {
                found.put(name, secrets);
            }
        });

        assertThat(found)
                .isEqualTo(Map.of(
                        "Administrator", Set.of("password"),
                        "CreatedApiKey", Set.of("secret"),
                        "CreatedWebhook", Set.of("secret"),
                        "SentInvitation", Set.of("secret"),
                        "SignInLink", Set.of("token")));
    }

    @Test
    void theReferenceHasEveryOperationAndLoadsNothing() {
        String page = new String(ReferencePage.answer(TABLE).body(), StandardCharsets.UTF_8);

        assertThat(TABLE.routes()).allSatisfy(each -> {
            assertThat(page).contains("<article id=\"" + each.name() + "\">");
            assertThat(page).contains("</b> /api/v1" + each.path() + "</h3>");
        });
        assertThat(TABLE.groups().keySet())
                .allSatisfy(each -> assertThat(page).contains("</h2>\n<p>" + RouteTable.text(each) + "</p>"));
        assertThat(page).doesNotContain("<script", "src=", "http://", "https://", "@import");
        assertThat(page.split("<pre>curl ", -1)).hasSize(TABLE.routes().size() + 1);
    }
}
