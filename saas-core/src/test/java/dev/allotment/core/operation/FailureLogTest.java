// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.operation;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.Operation;
import dev.allotment.OperationId;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.TenantId;
import dev.allotment.brand.Brand;
import dev.allotment.core.Fixture;
import dev.allotment.core.RecordingSchema;
import dev.allotment.core.TestAddon;
import dev.allotment.fleet.Campaign;
import dev.allotment.fleet.CampaignChange;
import dev.allotment.fleet.Server;
import dev.allotment.hook.MigrationFailedException;
import dev.allotment.hook.SaasListener;
import dev.allotment.hook.TenantSchema;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.DelegatingDatabases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.Replication;
import dev.allotment.spi.backend.StoredBrand;
import dev.allotment.testing.DelegatingBackend;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("changes the loggers of the process")
final class FailureLogTest {
    private static final Logger LOG = Logger.getLogger("dev.allotment");

    private final Fixture fixture = new Fixture();
    private final List<LogRecord> logged = new CopyOnWriteArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            logged.add(entry);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    private Level before = Level.OFF;

    @BeforeEach
    void listen() {
        before = LOG.getLevel();
        LOG.setLevel(Level.ALL);
        LOG.setUseParentHandlers(false);
        LOG.addHandler(handler);
    }

    @AfterEach
    void close() {
        LOG.removeHandler(handler);
        LOG.setUseParentHandlers(true);
        // Otherwise the failures that later classes provoke would fill the log.
        LOG.setLevel(before);
        fixture.close();
    }

    private Operation createWhere(Throwable failure) {
        try (Saas saas =
                fixture.builder(fixture.backend).executor(Runnable::run).open()) {
            CreateTenant command = CreateTenant.onPlan(fixture.plan())
                    .owner(fixture.signUp("owner"))
                    .name("shop.example.com")
                    .build();
            fixture.backend.once("before create", () -> {
                if (failure instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) failure;
            });
            return saas.operations().get(saas.async().create(command).id());
        }
    }

    @Test
    void hasTheMessageOfTheDatabaseOnceIfAScriptFails() {
        try (Fixture scripted = new Fixture(TestAddon.of("broken").script("1.0", "fail here"));
                Saas saas = scripted.builder(scripted.backend).open()) {
            TenantId shop = scripted.tenant("shop").id();
            ConfigurationChange change =
                    ConfigurationChange.builder().install("broken").build();

            assertThatThrownBy(() -> saas.configuration().apply(shop, change))
                    .hasMessageNotContaining("starts with the word fail");
            assertThat(logged)
                    .filteredOn(each -> each.getLevel().intValue() >= Level.INFO.intValue())
                    .filteredOn(each -> each.getMessage().contains("starts with the word fail"))
                    .singleElement()
                    .satisfies(each -> {
                        assertThat(each.getMessage()).contains("addon=broken", "script=1.0");
                        assertThat(each.getThrown())
                                .as("a mistake in a script needs no stack trace")
                                .isNull();
                    });
            assertThat(logged)
                    .filteredOn(each -> each.getThrown() != null)
                    .singleElement()
                    .returns(Level.FINE, LogRecord::getLevel);
        }
    }

    /** Otherwise a missing protection would look as if it worked. */
    @Test
    void saysAtTheStartWhatABackendLacks() {
        fixture.builder(fixture.storage).open().close();
        assertThat(missing())
                .singleElement(as(STRING))
                .startsWith("The backend memory does not have: ")
                .contains("record quotas", "; marks, which show")
                .doesNotContain("live moves");

        logged.clear();
        DelegatingBackend still = new DelegatingBackend(fixture.storage) {
            @Override
            public Databases databases(Server server) {
                return new DelegatingDatabases(super.databases(server)) {
                    @Override
                    public @Nullable Replication replication() {
                        return null;
                    }
                };
            }
        };
        fixture.builder(still).open().close();
        assertThat(missing()).singleElement(as(STRING)).contains("; live moves;");
    }

    private List<String> missing() {
        return logged.stream()
                .map(LogRecord::getMessage)
                .filter(each -> each.contains("does not have"))
                .toList();
    }

    private List<LogRecord> unreadBrands() {
        return logged.stream()
                .filter(each -> each.getMessage().contains("The brand that was applied cannot be read."))
                .toList();
    }

    /** Stores what no colour is, as a program with a defect would. */
    private void breakBrand() {
        fixture.storage.catalog().transact(tx -> {
            Records<StoredBrand> brands = tx.records(RecordTypes.BRANDS);
            StoredBrand row = brands.list(Query.all()).get(0);
            brands.update(new StoredBrand(
                    row.id(),
                    row.scope(),
                    row.revision() + 1,
                    row.basedOn(),
                    Map.of("name", "Broken", "accent", "no colour"),
                    row.changedAt()));
            return row;
        });
    }

    @Test
    void saysOnceThatABrandCannotBeReadAndShowsAnotherOne() {
        try (Saas saas = fixture.builder(fixture.backend).open()) {
            saas.brands().apply(Brand.builder().name("Applied").build());
            breakBrand();
            for (int page = 0; page < 3; page++) {
                fixture.seconds(5);
                assertThat(saas.brands().current().name()).isEqualTo("Applied");
            }
            assertThat(unreadBrands()).hasSize(1).allMatch(each -> each.getThrown() != null);

            logged.clear();
            Brand settings = Brand.builder().name("Settings").build();
            try (Saas started = fixture.builder(fixture.backend).brand(settings).open()) {
                for (int page = 0; page < 3; page++) {
                    assertThat(started.brands().current()).isEqualTo(settings);
                }
                assertThat(unreadBrands()).as("a node that has read no other").hasSize(1);

                saas.brands().apply(Brand.builder().name("Repaired").build());
                fixture.seconds(5);
                assertThat(started.brands().current().name()).isEqualTo("Repaired");
                breakBrand();
                fixture.seconds(5);
                assertThat(started.brands().current().name()).isEqualTo("Repaired");
                assertThat(unreadBrands()).as("broken again").hasSize(2);
            }
        }
    }

    @Test
    void namesTheTenantAndTheReasonIfAMigrationOfACampaignFails() {
        TenantSchema schema = new TenantSchema() {
            @Override
            public String version() {
                return "2";
            }

            @Override
            public void migrate(DatabaseLogin login) throws Exception {
                throw new MigrationFailedException(
                        "V2__orders.sql",
                        3,
                        "23505",
                        "a key is duplicated",
                        new IllegalStateException("Flyway failed", new SQLException("a key is duplicated")));
            }
        };
        TenantId shop = fixture.tenant("shop").id();
        try (Saas saas = fixture.builder(RecordingSchema.withLogins(fixture.backend))
                .tenantSchema(schema)
                .open()) {
            OperationId campaign = saas.campaigns()
                    .start(Campaign.of(CampaignChange.schema()).build())
                    .id();
            saas.maintenance().run();

            assertThat(logged)
                    .filteredOn(each -> each.getMessage().contains("could not be changed by a campaign"))
                    .singleElement()
                    .satisfies(each -> {
                        assertThat(each.getLevel()).isEqualTo(Level.WARNING);
                        assertThat(each.getMessage())
                                .contains(
                                        "operation=" + campaign,
                                        "tenant=" + shop,
                                        "V2__orders.sql",
                                        "a key is duplicated");
                    });
        }
    }

    @Test
    void hasTheStackTraceOfABugOnce() {
        NullPointerException bug = new NullPointerException("a bug in the backend");

        Operation operation = createWhere(bug);

        assertThat(operation.state()).isEqualTo(OperationState.FAILED);
        assertThat(logged).filteredOn(each -> each.getThrown() == bug).hasSize(1);
        assertThat(logged).filteredOn(each -> each.getThrown() != null).hasSize(1);
        assertThat(logged)
                .filteredOn(each -> each.getThrown() == bug)
                .first()
                .extracting(LogRecord::getMessage, as(STRING))
                .contains("operation=" + operation.id() + " ")
                .contains("tenant=" + operation.tenantId() + " ")
                .contains("node=node-a");
    }

    @Test
    void hasNoStackTraceOfAFailureThatExplainsItself() {
        Operation operation =
                createWhere(SaasException.unavailable(ErrorCodes.BACKEND_UNAVAILABLE, "The server is away.", null));

        assertThat(operation.state()).isEqualTo(OperationState.FAILED);
        assertThat(logged)
                .filteredOn(each -> each.getMessage().contains("The server is away."))
                .hasSize(1);
        assertThat(logged).allSatisfy(each -> assertThat(each.getThrown()).isNull());
    }

    @Test
    void hasNoStackTraceOfAListenerWhoseServerIsAway() {
        try (Saas saas = fixture.builder(fixture.backend)
                .listener(new SaasListener() {
                    @Override
                    public String name() {
                        return "mail";
                    }

                    @Override
                    public void on(Event event) {
                        throw SaasException.unavailable(ErrorCodes.MAIL_FAILED, "The mail server is away.", null);
                    }
                })
                .open()) {
            saas.accounts()
                    .signUp(SignUp.builder("stranger", "Stranger", Fixture.PASSWORD)
                            .build());
            saas.maintenance().run();

            assertThat(logged)
                    .filteredOn(each -> each.getMessage().contains("The mail server is away."))
                    .hasSize(1)
                    .allSatisfy(each -> assertThat(each.getThrown()).isNull());
        }
    }

    @Test
    void hasTheStackTraceOfAnInternalErrorWhichHidesItsCause() {
        SaasException failure = SaasException.internal(
                ErrorCodes.RECORD_INVALID, "A record is broken.", new IllegalStateException("the cause"));

        createWhere(failure);

        assertThat(logged).filteredOn(each -> each.getThrown() == failure).hasSize(1);
    }

    @Test
    void hasTheStackTraceOfABugAmongTheSuppressed() {
        SaasException failure = SaasException.unavailable(ErrorCodes.BACKEND_UNAVAILABLE, "The server is away.", null);
        IllegalStateException bug = new IllegalStateException("a bug in the cleanup");
        failure.addSuppressed(bug);

        createWhere(failure);

        assertThat(logged)
                .filteredOn(each -> each.getThrown() != null)
                .singleElement()
                .satisfies(each -> assertThat(each.getThrown().getSuppressed()).contains(bug));
    }

    @Test
    void hasTheStackTraceOfAnErrorWhichAlsoReachesTheExecutor() {
        NoClassDefFoundError error = new NoClassDefFoundError("a broken jar");

        assertThatThrownBy(() -> createWhere(error)).isSameAs(error);

        assertThat(logged)
                .filteredOn(each -> each.getThrown() == error)
                .singleElement()
                .satisfies(each ->
                        assertThat(each.getMessage()).contains("operation=").contains("node=node-a"));
    }
}
