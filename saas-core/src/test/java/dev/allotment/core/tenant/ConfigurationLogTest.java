// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.NewUser;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.Role;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.User;
import dev.allotment.core.Fixture;
import dev.allotment.fleet.Server;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("changes the loggers of the process")
final class ConfigurationLogTest {
    private static final Logger LOG = Logger.getLogger("dev.allotment.configuration");

    private final Fixture fixture = new Fixture();
    private final Saas saas = fixture.saas;
    private final List<String> logged = new CopyOnWriteArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            logged.add(entry.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        LOG.setLevel(Level.INFO);
        LOG.setUseParentHandlers(false);
        LOG.addHandler(handler);
    }

    @AfterEach
    void close() {
        LOG.removeHandler(handler);
        LOG.setLevel(null);
        LOG.setUseParentHandlers(true);
        fixture.close();
    }

    @Test
    void eachChangeOfAParameterIsOneLineWithoutTheValue() {
        saas.parameters().set("shop.secret", "confidential");
        long id = saas.parameters().list(Query.all()).stream()
                .filter(each -> each.key().equals("shop.secret"))
                .findFirst()
                .orElseThrow()
                .id();
        saas.parameters().replace(id, "shop.secret", "changed");
        saas.parameters().set("shop.secret", null);

        assertThat(logged)
                .containsExactly(
                        "Parameter \"shop.secret\" was set: by=host",
                        "Parameter \"shop.secret\" was set: by=host",
                        "Parameter \"shop.secret\" was removed: by=host");
    }

    @Test
    void whatChangesNothingIsNotLogged() {
        saas.parameters().set(Parameter.NOTIFY_IN_ADVANCE, "2");
        saas.parameters().set("shop.none", null);
        assertThatThrownBy(() -> saas.parameters().set(Parameter.NOTIFY_IN_ADVANCE, "soon"))
                .isInstanceOf(SaasException.class);
        assertThatThrownBy(() -> saas.inTransaction(records -> {
                    records.parameters().set("shop.undone", "x");
                    throw new IllegalStateException("Rolled back");
                }))
                .hasMessage("Rolled back");

        assertThat(logged).isEmpty();
    }

    @Test
    void aChangeInALargerTransactionIsLoggedOnceItIsStored() {
        saas.inTransaction(records -> {
            records.parameters().set("shop.done", "x");
            assertThat(logged).isEmpty();
            return null;
        });

        assertThat(logged).containsExactly("Parameter \"shop.done\" was set: by=host");
    }

    @Test
    void changesOfServersAndOfTheMasterPasswordNameWhoMadeThem() {
        User boss = saas.accounts()
                .create(NewUser.builder("boss", "Boss")
                        .password("Bosses password")
                        .role(Role.ADMINISTRATOR)
                        .build());
        Saas as = saas.actingAs(boss.id());
        Server server = as.servers()
                .create(Server.builder("second").host("extra.localhost").build(), null);
        as.servers().update(server.id(), each -> each.toBuilder().capacity(7).build());
        as.servers().delete(server.id());
        as.changeMasterPassword("a new master password");
        saas.forgetMasterPassword();
        saas.forgetMasterPassword();

        assertThat(logged)
                .containsExactly(
                        "Database server \"second\" was registered: by=boss",
                        "Database server \"second\" was changed: by=boss",
                        "Database server \"second\" was deleted: by=boss",
                        "The master password was changed: by=boss",
                        "The master password that was changed at run time was forgotten: by=host");
    }
}
