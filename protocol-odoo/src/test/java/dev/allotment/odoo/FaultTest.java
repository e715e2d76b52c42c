// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import static dev.allotment.odoo.OdooPortal.assertFault;
import static dev.allotment.odoo.OdooPortal.fault;
import static dev.allotment.odoo.OdooPortal.list;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.test.LoggedEvents;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

final class FaultTest {
    private final OdooPortal portal = new OdooPortal();

    @AfterEach
    void close() {
        portal.close();
    }

    @Test
    void hidesAnInternalErrorBehindAReferenceThatTheLogExplains() {
        Logger logger = (Logger) LoggerFactory.getLogger(OdooFault.class);
        logger.setAdditive(false);
        try (LoggedEvents log = LoggedEvents.of(OdooFault.class)) {
            SaasException defect = new SaasException(
                    ErrorCategory.INTERNAL, ErrorCodes.BACKEND_FAILED, "secret", Map.of(), false, null);

            OdooFault fault = OdooFault.of(defect);

            assertThat(fault.code()).isEqualTo(1);
            assertThat(fault).hasMessageMatching("Internal error, reference [0-9a-f-]{36}");
            String reference = fault.getMessage().substring(fault.getMessage().length() - 36);
            assertThat(log.list()).hasSize(1);
            ILoggingEvent event = log.list().get(0);
            assertThat(event.getFormattedMessage()).contains(reference);
            assertThat(event.getThrowableProxy().getClassName()).isEqualTo(SaasException.class.getName());
        } finally {
            logger.setAdditive(true);
        }
    }

    @Test
    void saysThatACallMayBeRepeatedAndLogsOneLineForManyCalls() {
        Logger logger = (Logger) LoggerFactory.getLogger(OdooFault.class);
        logger.setAdditive(false);
        try (LoggedEvents log = LoggedEvents.of(OdooFault.class)) {
            portal.backend.close();

            for (int i = 0; i < 100; i++) {
                OdooFault fault = fault(() -> portal.admin("res.users", "search_count", list()));

                assertThat(fault)
                        .returns(1, OdooFault::code)
                        .hasMessage("Temporarily unavailable. Please try again in a moment.");
            }
            assertThat(log.list()).hasSizeLessThanOrEqualTo(1).allSatisfy(event -> {
                assertThat(event.getLevel()).isEqualTo(ch.qos.logback.classic.Level.WARN);
                assertThat(event.getThrowableProxy()).isNull();
            });
        } finally {
            logger.setAdditive(true);
        }
    }

    @Test
    void tellsAdministratorsWhichServerIsUnavailableAndWhichOperationIsOnRecord() {
        Object far = portal.admin(
                "saas_portal.server",
                "create",
                Map.of(
                        "name", "far",
                        "backend", "locked",
                        "db_url", "locked://far",
                        "db_user", "x",
                        "db_password", "s3cret"));
        long owner = portal.signUp("owner@example.com");
        long id = (Long) portal.newDatabase(portal.plan(Map.of("server_id", far)), Map.of("user_id", owner))
                .get("id");
        portal.locked.down = true;

        assertThat(fault(() -> portal.execute(
                        OdooPortal.DB, owner, OdooPortal.PASSWORD, "saas_portal.client", "backup_database", list(id))))
                .hasMessage("Temporarily unavailable. Please try again in a moment.");
        assertThat(fault(() -> portal.admin("saas_portal.client", "sync_client", list(id))))
                .hasMessage("Database server \"far\": no route to host");
        assertThat(fault(() -> portal.admin("saas_portal.client", "suspend", list(id))))
                .returns(1, OdooFault::code)
                .extracting(OdooFault::getMessage)
                .asString()
                .contains("Database server \"far\": no route to host")
                .containsPattern("Operation [0-9]+ has started");
    }

    @Test
    void neverShowsTheMessageClassOrCauseOfADefect() {
        OdooFault fault = OdooFault.of(new IllegalStateException("select secret from /etc/passwd"));

        assertThat(fault).returns(1, OdooFault::code).hasMessageMatching("Internal error, reference [0-9a-f-]{36}");
        assertThat(fault.arguments()).isEqualTo(list(fault.getMessage()));
    }

    @Test
    void reportsAnUnknownDatabaseAsFault2() {
        assertFault(
                2, "Database \"x\" does not exist", () -> portal.execute("x", 2, "admin", "res.users", "search_count"));
    }

    @Test
    void reportsAnUnknownModelAsFault2() {
        assertFault(2, "Object x.y doesn't exist", () -> portal.admin("x.y", "search", list()));
        assertFault(2, "Object saas_portal doesn't exist", () -> portal.admin("saas_portal", "search", list()));
    }

    @Test
    void reportsAnUnknownMethodAsFault2() {
        assertFault(
                2,
                "The method 'fly' does not exist on the model 'res.users'",
                () -> portal.admin("res.users", "fly", list()));
        assertFault(
                2,
                "The method 'search' does not exist on the model 'saas.config'",
                () -> portal.admin("saas.config", "search", list()));
    }

    @Test
    void reportsAnUnknownFieldAndABadDomainAsFault2() {
        assertFault(
                2,
                "Invalid field 'f' on model 'res.users'",
                () -> portal.admin("res.users", "search", list(list("f", "=", 1))));
        assertFault(
                2, "Invalid leaf ['login', '=']", () -> portal.admin("res.users", "search", list(list("login", "="))));
    }

    @Test
    void reportsWritingOrUnlinkingAMissingIdAsFault2() {
        String message = "Record does not exist or has been deleted. (Record: res.users(9,), User: 2)";

        assertFault(2, message, () -> portal.admin("res.users", "write", list(9), Map.of("name", "x")));
        assertFault(2, message, () -> portal.admin("res.users", "unlink", list(9)));
        assertThat(fault(() -> portal.admin("res.users", "unlink", list(9))).kind())
                .isEqualTo(OdooFault.Kind.MISSING);
    }

    @Test
    void leavesAMissingIdOutOfRead() {
        assertThat(portal.admin("res.users", "read", list(9, 2), list("login")))
                .isEqualTo(list(Map.of("id", 2L, "login", "admin")));
        assertThat(portal.admin("res.users", "name_get", list(9, 2))).isEqualTo(list(list(2L, "Administrator")));
    }

    @Test
    void refusesTheRightPasswordAfterTooManyFailures() {
        Object user = portal.admin(
                "res.users",
                "create",
                Map.of("login", "zoe@example.com", "name", "Zoe", "password", OdooPortal.PASSWORD));
        for (int i = 0; i < 10; i++) {
            assertThat(portal.common("login", OdooPortal.DB, "zoe@example.com", "wrong"))
                    .isEqualTo(false);
        }

        for (String password : List.of("wrong", OdooPortal.PASSWORD)) {
            assertFault(3, "Access Denied", () -> portal.common("login", OdooPortal.DB, "Zoe@example.com", password));
            assertFault(
                    3,
                    "Access Denied",
                    () -> portal.common("authenticate", OdooPortal.DB, "zoe@example.com", password, Map.of()));
            assertFault(
                    3,
                    "Access Denied",
                    () -> portal.execute(OdooPortal.DB, (Long) user, password, "res.users", "context_get"));
            assertFault(
                    3,
                    "Access Denied",
                    () -> portal.services.signIn(OdooPortal.DB, "zoe@example.com", password, "192.0.2.1"));
        }
        portal.nanos.addAndGet(7_000_000_000L);
        assertThat(portal.common("login", OdooPortal.DB, "zoe@example.com", OdooPortal.PASSWORD))
                .isEqualTo(user);
    }

    @Test
    void aCallerWhosePasswordWasRightGoesOnWhileOthersGuess() {
        assertThat(portal.common("login", OdooPortal.DB, "admin", "admin")).isEqualTo(OdooPortal.ADMIN);
        for (int i = 0; i < 10; i++) {
            portal.services.call("common", "login", list(OdooPortal.DB, "admin", "wrong"), "203.0.113.5");
        }
        assertFault(
                3,
                "Access Denied",
                () -> portal.services.call("common", "login", list(OdooPortal.DB, "admin", "admin"), "203.0.113.5"));

        assertThat(portal.common("login", OdooPortal.DB, "admin", "admin")).isEqualTo(OdooPortal.ADMIN);
        assertThat(portal.admin("res.users", "context_get")).isInstanceOf(Map.class);
    }

    @Test
    void logsTheAddressOfTooManyFailures() {
        for (int i = 0; i < 10; i++) {
            portal.common("login", OdooPortal.DB, "admin", "wrong");
        }
        List<String> warnings = new ArrayList<>();
        java.util.logging.Logger logger = java.util.logging.Logger.getLogger("dev.allotment.access");
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord event) {
                if (event.getLevel().equals(Level.WARNING)) {
                    warnings.add(event.getMessage());
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(handler);
        try {
            fault(() -> portal.common("login", OdooPortal.DB, "admin", "admin"));
            fault(() -> portal.admin("res.users", "context_get"));
        } finally {
            logger.removeHandler(handler);
        }

        assertThat(warnings).as("one line a minute").hasSize(1).allMatch(line -> line.contains("192.0.2.1"));
    }

    @Test
    void refusesTheRightPasswordToATenantDatabaseAfterTooManyFailures() {
        OdooPortal.Client client = portal.client("owner@example.com");
        for (int i = 0; i < 10; i++) {
            assertThat(portal.common("login", client.name(), "owner@example.com", "wrong"))
                    .isEqualTo(false);
        }

        assertFault(
                3,
                "Access Denied",
                () -> portal.common("login", client.name(), "owner@example.com", OdooPortal.PASSWORD));
        assertFault(3, "Access Denied", () -> portal.owner(client, "res.users", "context_get"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"_write", "_", "__class__", "init", "_register_hook"})
    void refusesAPrivateMethodWithFault4(String method) {
        assertFault(
                4,
                "Private methods (such as " + method + " of res.users) cannot be called remotely.",
                () -> portal.admin("res.users", method, list()));
    }

    @Test
    void namesActionAndModelOfAMissingRight() {
        long user = portal.signUp("zoe@example.com");

        assertFault(
                4,
                "You are not allowed to access 'ir.config_parameter' records",
                () -> portal.execute(
                        OdooPortal.DB, user, OdooPortal.PASSWORD, "ir.config_parameter", "get_param", "x"));
    }

    @Test
    void refusesNulCharactersBeforeTheyReachADatabase() {
        assertFault(
                1,
                "login of login must be text without NUL characters, found a text.",
                () -> portal.common("login", OdooPortal.DB, "a\0b", "x"));
        assertFault(
                1,
                "db of login must be text without NUL characters, found a text.",
                () -> portal.common("login", "a\0b", "admin", "admin"));
        assertThat(fault(() -> portal.services.signIn("a\0b", "admin", "admin", null))
                        .code())
                .isEqualTo(2);
        assertFault(
                2,
                "Field 'name' on model 'res.partner' must be text without NUL characters, found a text.",
                () -> portal.admin("res.partner", "create", Map.of("name", "a\0b")));
        assertThat(fault(() -> portal.services.signIn(OdooPortal.DB, "a\0b", "x", null))
                        .code())
                .isEqualTo(1);
    }

    @Test
    void shortensNamesInMessages() {
        String name = "x".repeat(100_000);

        assertThat(fault(() -> portal.admin(name, "search")))
                .hasMessage("Object " + "x".repeat(100) + "… doesn't exist");
        assertThat(fault(() -> portal.admin("res.users", name)).getMessage()).hasSizeLessThan(200);
        assertThat(fault(() -> portal.common("login", name, "x", "x")).getMessage())
                .hasSizeLessThan(200);
        assertThat(fault(() -> portal.services.call(name, "x", list(), null)).getMessage())
                .hasSizeLessThan(400);
        assertThat(fault(() -> portal.admin("res.users", "read", list(2), list(name)))
                        .getMessage())
                .hasSizeLessThan(200);
    }

    @ParameterizedTest
    @CsvSource({
        "REQUEST,1,the message,the message,builtins.ValueError",
        "INTERNAL,1,the message,the message,builtins.Exception",
        "TOO_MANY,1,the message,the message,werkzeug.exceptions.TooManyRequests",
        "USER_ERROR,2,'warning -- UserError\n\nthe message','',odoo.exceptions.UserError",
        "VALIDATION,2,'warning -- UserError\n\nthe message','',odoo.exceptions.ValidationError",
        "MISSING,2,'warning -- MissingError\n\nthe message','',odoo.exceptions.MissingError",
        "ACCESS_DENIED,3,AccessDenied,the message,odoo.exceptions.AccessDenied",
        "ACCESS_ERROR,4,'warning -- AccessError\n\nthe message','',odoo.exceptions.AccessError",
        "SESSION_EXPIRED,3,AccessDenied,the message,odoo.http.SessionExpiredException"
    })
    void hasTheCodesAndNamesOfEveryDialect(
            OdooFault.Kind kind, int code, String legacyCode, String legacyMessage, String name) {
        OdooFault fault = new OdooFault(kind, "the message");

        assertThat(fault.code()).isEqualTo(code);
        assertThat(fault.legacyCode()).isEqualTo(legacyCode);
        assertThat(fault.legacyMessage()).isEqualTo(legacyMessage);
        assertThat(fault.exceptionName()).isEqualTo(name);
        assertThat(fault.arguments()).isEqualTo(list("the message"));
        assertThat(OdooFault.of(fault)).isSameAs(fault);
    }

    @ParameterizedTest
    @CsvSource({
        "INVALID_INPUT,plan.invalid,VALIDATION",
        "CONFLICT,tenant.name-taken,USER_ERROR",
        "UNSUPPORTED,backend.unsupported,USER_ERROR",
        "NOT_FOUND,addon.unknown,USER_ERROR",
        "NOT_FOUND,record.missing,MISSING",
        "NOT_ALLOWED,access.not-allowed,ACCESS_ERROR",
        "NOT_ALLOWED,access.denied,ACCESS_DENIED",
        "UNAVAILABLE,backend.unavailable,UNAVAILABLE",
        "UNAVAILABLE,access.busy,TOO_MANY",
        "INTERNAL,backend.failed,INTERNAL"
    })
    void followsTheCategoryOfAnError(ErrorCategory category, String code, OdooFault.Kind kind) {
        SaasException error = new SaasException(category, code, "the message", Map.of(), false, null);

        assertThat(OdooFault.of(error).kind()).isEqualTo(kind);
    }
}
