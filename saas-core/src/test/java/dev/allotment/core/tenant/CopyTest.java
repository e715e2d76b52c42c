// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.tenant;

import static dev.allotment.core.Refusals.assertRefusal;
import static dev.allotment.core.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ConfigurationChange;
import dev.allotment.DuplicateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.Tenant;
import dev.allotment.access.Member;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.TestAddon;
import dev.allotment.core.internal.addon.FileAddon;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.fleet.Server;
import dev.allotment.hook.Neutraliser;
import dev.allotment.hook.TenantTransaction;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.testing.InterruptibleBackend;
import dev.allotment.testing.ProcessKilled;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CopyTest {
    private final Fixture fixture = new Fixture(
            TestAddon.of("sale").neutralise("update payment set test = true"),
            TestAddon.of("stock").needs("sale").neutralise("delete from jobs"),
            TestAddon.of("crm"),
            TestAddon.of("broken").neutralise("fail on purpose"));
    private final Saas saas = fixture.saas;
    private final Tenant shop = fixture.tenant("shop");

    @AfterEach
    void close() {
        Consistency.check(fixture.storage);
        fixture.close();
    }

    private DuplicateTenant wish() {
        return DuplicateTenant.builder(shop.id()).name("copy").build();
    }

    private void install(String... addons) {
        saas.configuration()
                .apply(shop.id(), ConfigurationChange.builder().install(addons).build());
    }

    private static Neutraliser named(String name, List<String> log) {
        return new Neutraliser() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public void neutralise(Tenant copy, TenantTransaction transaction) {
                log.add(name + " of " + copy.name());
            }
        };
    }

    @Test
    void opensAfterAllNeutralisersRanInOrder() {
        install("crm", "stock");
        List<String> log = new ArrayList<>();
        Saas careful = fixture.builder(fixture.backend)
                .neutraliser(named("payment", log))
                .neutraliser(named("jobs", log))
                .open();

        Tenant copy = careful.tenants().duplicate(wish()).tenant();

        assertThat(log).containsExactly("payment of copy", "jobs of copy");
        String done = "mail,payment,jobs,addon:sale,addon:stock";
        assertThat(saas.database("copy").parameters().value(Parameter.NEUTRALISED))
                .contains(done);
        assertThat(saas.database("shop").parameters().value(Parameter.NEUTRALISED))
                .isEmpty();
        Event event = saas.events()
                .list(Query.where(Filter.equal(Event.TYPE, EventType.TENANT_DUPLICATED)))
                .get(0);
        assertThat(event.details())
                .containsEntry("neutralised", done)
                .containsEntry("source", shop.uuid().toString());
        assertThat(event.tenantId()).isEqualTo(copy.id());
        assertThat(fixture.storage.isOpen("copy")).isTrue();
    }

    @Test
    void leavesNothingBehindIfANeutraliserFails() {
        fixture.neutraliser = (copy, tx) -> {
            throw new IllegalStateException("no route to the mail server at 10.0.0.5");
        };

        SaasException failure = refusal(() -> saas.tenants().duplicate(wish()));

        assertThat(failure.code()).isEqualTo(ErrorCodes.NEUTRALISER_FAILED);
        assertThat(failure).hasMessageContaining("mail").hasMessageNotContaining("10.0.0.5");
        assertThat(saas.tenants().findByName("copy")).isEmpty();
        assertThat(saas.tenants().count(Filter.all())).isEqualTo(1);
        fixture.neutraliser = (copy, tx) -> {};
        install("broken");
        assertRefusal(() -> saas.tenants().duplicate(wish())).isEqualTo(ErrorCodes.ADDON_FAILED);
        assertThat(saas.tenants().findByName("copy")).isEmpty();
        saas.configuration()
                .apply(
                        shop.id(),
                        ConfigurationChange.builder().uninstall("broken").build());
        assertThat(saas.tenants().duplicate(wish()).tenant().name()).isEqualTo("copy");
    }

    @Test
    void isNotOpenedByANodeThatLacksANeutraliser() {
        List<String> log = new ArrayList<>();
        InterruptibleBackend process = InterruptibleBackend.over(fixture.storage);
        Saas dying = fixture.builder(process).neutraliser(named("payment", log)).open();
        // The operation has started, and the database is copied.
        process.killAfter(7);
        Assertions.assertThatThrownBy(() -> dying.tenants().duplicate(wish())).isInstanceOf(ProcessKilled.class);
        assertThat(saas.tenants().list(Query.where(Filter.equal(Tenant.NAME, "copy"))))
                .isNotEmpty();

        Saas other = fixture.builder(fixture.storage).open();
        fixture.clock.advance(OperationLeases.LEASE);
        other.maintenance().recover();

        assertThat(log).isEmpty();
        assertThat(other.tenants().list(Query.where(Filter.equal(Tenant.NAME, "copy"))))
                .isEmpty();
    }

    @Test
    void isNotOpenedByANodeThatLacksAnInstalledAddon() {
        install("sale", "crm");
        fixture.addons.removeIf(each -> List.of("sale", "stock").contains(each.name()));
        try (Saas other = fixture.builder(fixture.backend).open()) {
            SaasException failure = refusal(() -> other.tenants().duplicate(wish()));

            assertThat(failure.code()).isEqualTo(ErrorCodes.NEUTRALISER_FAILED);
            assertThat(failure).hasMessageContaining("addon:sale");
            assertThat(other.tenants().findByName("copy")).isEmpty();
            assertThat(fixture.storage
                            .databases(other.servers().get(new ServerId(1)))
                            .exists("copy"))
                    .isFalse();
        }
    }

    @Test
    void succeedsIfItsSourceIsRenamedMeanwhile() {
        Operation begun = saas.async().duplicate(wish());
        saas.tenants().rename(shop.id(), "store");
        saas.maintenance().run();

        assertThat(saas.operations().get(begun.id()).state()).isEqualTo(OperationState.DONE);
        assertThat(saas.tenants().findByName("copy")).isPresent();
    }

    @Test
    void isNeutralisedOnAnotherServerBeforeItOpens() {
        install("crm", "stock");
        Server second = saas.servers().create(Server.builder("second").build());
        List<String> steps = new ArrayList<>();
        fixture.neutraliser = (copy, tx) -> steps.add("neutralised on " + copy.serverId());
        fixture.backend.watch(step -> {
            if (step.startsWith("before ") && !step.endsWith("catalog") && !step.endsWith("transact")) {
                steps.add(step);
            }
        });

        Tenant copy = saas.tenants()
                .duplicate(wish().toBuilder().server(second.id()).build())
                .tenant();

        fixture.backend.unwatch();
        assertThat(steps)
                .containsExactly(
                        "before send",
                        "before receive",
                        "before configure",
                        "neutralised on " + second.id(),
                        "before open");
        assertThat(copy.serverId()).isEqualTo(second.id());
        assertThat(namesOn(second)).containsExactly("copy");
        assertThat(saas.database("copy").members().count(Filter.equal(Member.OWNER, true)))
                .isEqualTo(1);
        assertThat(saas.events().list(Query.where(Filter.equal(Event.TYPE, EventType.TENANT_DUPLICATED))))
                .singleElement()
                .satisfies(event -> assertThat(event.details())
                        .containsEntry("sourceServer", shop.serverId().toString())
                        .containsEntry("server", second.id().toString()));
    }

    @Test
    void leavesNothingOnAnotherServerIfACopyFailsHalfway() {
        Server second = saas.servers().create(Server.builder("second").build());
        fixture.neutraliser = (copy, tx) -> {
            throw new IllegalStateException("no");
        };
        assertRefusal(() -> saas.tenants()
                        .duplicate(wish().toBuilder().server(second.id()).build()))
                .isEqualTo(ErrorCodes.NEUTRALISER_FAILED);
        fixture.neutraliser = (copy, tx) -> {};
        for (String step : List.of("before send", "before receive", "after receive")) {
            fixture.backend.once(step, () -> {
                throw SaasException.unavailable(ErrorCodes.BACKEND_UNAVAILABLE, "unreachable", null);
            });
            assertRefusal(() -> saas.tenants()
                            .duplicate(wish().toBuilder().server(second.id()).build()))
                    .as(step)
                    .isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
            fixture.backend.unwatch();
            assertThat(namesOn(second)).isEmpty();
            assertThat(saas.tenants().findByName("copy")).isEmpty();
        }
        assertThat(saas.tenants()
                        .duplicate(wish().toBuilder().server(second.id()).build())
                        .tenant()
                        .name())
                .isEqualTo("copy");
    }

    @Test
    void refusesMissingAndInactiveServers() {
        assertRefusal(() -> saas.tenants()
                        .duplicate(wish().toBuilder().server(new ServerId(2)).build()))
                .isEqualTo(ErrorCodes.SERVER_NONE);
        Server second = saas.servers().create(Server.builder("second").build());
        saas.servers()
                .update(second.id(), each -> each.toBuilder().draining(true).build());
        assertRefusal(() -> saas.tenants()
                        .duplicate(wish().toBuilder().server(second.id()).build()))
                .isEqualTo(ErrorCodes.SERVER_NONE);
        assertThat(saas.tenants().findByName("copy")).isEmpty();
    }

    private List<String> namesOn(Server server) {
        return fixture.storage.databases(server).list().stream()
                .map(DatabaseRef::name)
                .toList();
    }

    @Test
    void runsTheNeutraliseScriptsOfFolderAddonsForTheBackend(@TempDir Path addons) {
        Fixture.addon(
                addons,
                "web",
                "version=1.0\n",
                Map.of("neutralise.sql", "update everywhere", "neutralise.memory.sql", "update in_memory"));
        assertThat(FileAddon.read(addons.resolve("web")).neutraliseScript("memory"))
                .contains("update in_memory");
        assertThat(FileAddon.read(addons.resolve("web")).neutraliseScript("postgres"))
                .contains("update everywhere");
        assertThat(FileAddon.read(addons.resolve("web")).migrations("memory")).isEmpty();
        Fixture.addon(addons, "plain", "version=1.0\n", Map.of());
        assertThat(FileAddon.read(addons.resolve("plain")).neutraliseScript("memory"))
                .isEmpty();
    }

    @Test
    void requiresUniqueNeutraliserNames() {
        for (String name : List.of("", "No Name", "mail")) {
            assertRefusal(() -> fixture.builder(fixture.backend)
                            .neutraliser(named(name, new ArrayList<>()))
                            .open())
                    .as(name)
                    .isEqualTo(ErrorCodes.SETTING_INVALID);
        }
    }
}
