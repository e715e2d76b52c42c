// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.parameter;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Parameters;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.core.Fixture;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MainParametersTest {
    private final Fixture fixture = new Fixture();
    private final Saas saas = fixture.saas;
    private final Parameters parameters = saas.parameters();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void hasInitialValues() {
        assertThat(parameters.value(Parameter.ALLOW_UNINVITED)).contains("True");
        assertThat(parameters.value(Parameter.INVITATION_SCOPE)).contains("b2c");
        assertThat(parameters.value(Parameter.BASE_DOMAIN)).contains("portal.localhost");
        assertThat(parameters.value(Parameter.BASE_URL)).contains("http://portal.localhost:8069");
        assertThat(parameters.value(Parameter.NOTIFY_IN_ADVANCE)).contains("2");
        assertThat(parameters.value(Parameter.DATABASE_UUID))
                .hasValueSatisfying(value -> assertThat(UUID.fromString(value)).isNotNull());
        assertThat(parameters.value("unknown")).isEmpty();
    }

    @Test
    void setsChangesAndRemovesAParameterAndReturnsTheOldValue() {
        assertThat(parameters.set("my.key", "one")).isEmpty();
        assertThat(parameters.set("my.key", " two\n")).contains("one");
        assertThat(parameters.value("my.key")).contains(" two\n");
        assertThat(parameters.list(Query.where(Filter.equal(Parameter.KEY, "my.key"))))
                .singleElement()
                .satisfies(parameter ->
                        assertThat(parameters.get(parameter.id()).value()).isEqualTo(" two\n"));
        assertThat(parameters.set("my.key", "")).contains(" two\n");
        assertThat(parameters.set("my.key", null)).isEmpty();
        assertThat(parameters.value("my.key")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "auth_signup.allow_uninvited, TRUE, True, b2c",
        "auth_signup.allow_uninvited, 1, True, b2c",
        "auth_signup.allow_uninvited, ' false ', False, b2b",
        "auth_signup.allow_uninvited, 0, False, b2b",
        "auth_signup.invitation_scope, b2c, True, b2c",
        "auth_signup.invitation_scope, b2b, False, b2b"
    })
    void mirrorsTheTwoNamesOfTheSignUpParameter(String key, String value, String allow, String scope) {
        parameters.set(Parameter.ALLOW_UNINVITED, allow.equals("True") ? "False" : "True");

        parameters.set(key, value);

        assertThat(parameters.value(Parameter.ALLOW_UNINVITED)).contains(allow);
        assertThat(parameters.value(Parameter.INVITATION_SCOPE)).contains(scope);
    }

    @ParameterizedTest
    @ValueSource(strings = {Parameter.ALLOW_UNINVITED, Parameter.INVITATION_SCOPE})
    void forbidsSignUpIfTheParameterIsRemoved(String key) {
        parameters.set(key, null);
        assertThat(parameters.value(Parameter.ALLOW_UNINVITED)).isEmpty();
        assertThat(parameters.value(Parameter.INVITATION_SCOPE)).contains("b2b");
        assertRefusal(() -> fixture.signUp("client@example.com")).isEqualTo(ErrorCodes.ACCOUNT_SIGNUP_OFF);
    }

    @ParameterizedTest
    @CsvSource({
        "auth_signup.allow_uninvited, maybe",
        "auth_signup.invitation_scope, B2C",
        "saas_portal.base_saas_domain, 'no domain'",
        "saas_portal.base_saas_domain, 'EXAMPLE.com'",
        "web.base.url, ftp://example.com",
        "web.base.url, example.com",
        "web.base.url, http://example.com/path",
        "web.base.url, http://user@example.com",
        "web.base.url, http://example.com?query",
        "web.base.url, http:///",
        "web.base.url, 'http://exa mple.com'",
        "database.uuid, 1b4e28ba-2fa1-4d3b-a3f5-ef19b5a7633b",
        "saas_portal.expiration_notify_in_advance, -1",
        "saas_portal.expiration_notify_in_advance, soon",
        "saas_portal.delete_expired_trials_after, -1",
        "saas_portal.delete_expired_trials_after, soon",
        "' ', value"
    })
    void refusesInvalidValuesOfKnownParameters(String key, String value) {
        long before = parameters.count(Filter.all());
        assertRefusal(() -> parameters.set(key, value)).isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        assertThat(parameters.count(Filter.all())).isEqualTo(before);
    }

    @Test
    void refusesToRemoveRequiredParameters() {
        for (String key : new String[] {Parameter.BASE_URL, Parameter.BASE_DOMAIN, Parameter.DATABASE_UUID}) {
            assertRefusal(() -> parameters.set(key, null)).as(key).isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
            assertThat(parameters.value(key)).as(key).isPresent();
        }
    }

    @Test
    void limitsLengthAndCharacters() {
        parameters.set("k".repeat(256), "v".repeat(100_000));
        assertRefusal(() -> parameters.set("k".repeat(257), "v")).isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        assertRefusal(() -> parameters.set("key", "v".repeat(100_001))).isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        assertRefusal(() -> parameters.set("key", "a\0b")).isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        assertRefusal(() -> parameters.set("key", "\udfff")).isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        assertRefusal(() -> parameters.set("ke\ny", "v")).isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        assertRefusal(() -> parameters.set(Parameter.BASE_URL, "http://x" + "/".repeat(90_000) + "x"))
                .isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
    }

    @Test
    void hidesTheControlPlanesOwnSecrets() {
        Saas administrator = saas.actingAs(Fixture.ADMINISTRATOR);
        for (String key : new String[] {"allotment.master_password", "allotment.main_database", "allotment.new"}) {
            assertRefusal(() -> administrator.parameters().set(key, "$pbkdf2-sha512$1$AAAA$AAAA"))
                    .as(key)
                    .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        }
        saas.changeMasterPassword("master secret");
        assertRefusal(() -> administrator.parameters().set("allotment.master_password", null))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);

        assertThat(administrator.parameters().value("allotment.master_password"))
                .isEmpty();
        assertThat(administrator.parameters().list(Query.all()))
                .extracting(Parameter::key)
                .noneMatch(key -> key.startsWith("allotment."));
        assertThat(administrator.parameters().count(Filter.like(Parameter.VALUE, "$pbkdf2%")))
                .isZero();
        for (long id = 1; id < 20; id++) {
            assertThat(administrator.parameters().find(id).filter(Parameter::hidden))
                    .isEmpty();
        }
        assertThat(saas.withMasterPassword("master secret")).isPresent();
    }
}
