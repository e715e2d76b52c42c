// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.User;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ExportsTest {
    private final Fixture fixture = new Fixture(TestAddon.of("sale"));
    private final Saas saas = fixture.saas;
    private final User owner = fixture.signUp("owner@example.com");
    private final Tenant shop = saas.tenants()
            .create(CreateTenant.onPlan(fixture.plan(Plan.builder("Gold")))
                    .owner(owner)
                    .name("shop")
                    .build())
            .tenant();

    @AfterEach
    void close() {
        Consistency.check(fixture.storage);
        fixture.close();
    }

    private static Map<String, String> files(byte[] archive) {
        Map<String, String> files = new LinkedHashMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                files.put(entry.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    private Map<String, String> exported(Saas view) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        view.exports().write(shop.id(), out);
        return files(out.toByteArray());
    }

    private List<Event> exports() {
        return saas.events().list(Query.where(Filter.equal(Event.TYPE, EventType.TENANT_EXPORTED)));
    }

    @Test
    void hasEverythingThatTheCustomerMayRead() {
        saas.configuration()
                .apply(
                        shop.id(),
                        ConfigurationChange.builder()
                                .install("sale")
                                .parameter("company.name", "=\"Shop\", Ltd.")
                                .hiddenParameter("mail.password", "hidden-4711")
                                .build());

        Map<String, String> files = exported(saas.actingAs(owner.id()));

        assertThat(files.keySet())
                .containsExactly(
                        "README.txt",
                        "members.csv",
                        "groups.csv",
                        "memberships.csv",
                        "addons.csv",
                        "parameters.csv",
                        "database/scripts.txt",
                        "manifest.json",
                        "files.csv");
        assertThat(files.get("members.csv")).startsWith("id,login,name,email,").contains("owner@example.com");
        assertThat(files.get("parameters.csv")).contains("company.name,\"=\"\"Shop\"\", Ltd.\"\n");
        assertThat(files.get("addons.csv")).contains("\nsale,");
        assertThat(files.get("manifest.json"))
                .contains("\"name\":\"shop\"", "\"plan\":\"Gold\"", "\"uuid\":\"" + shop.uuid() + "\"");
        assertThat(String.join("\n", files.values())).doesNotContain("hidden-4711", "pbkdf2");
        assertThat(files.get("files.csv").lines()).hasSize(files.size());
        assertThat(exports()).singleElement().satisfies(event -> {
            assertThat(event.actor()).isEqualTo(owner.login());
            assertThat(event.tenantId()).isEqualTo(shop.id());
        });
    }

    @Test
    void isForAdministratorsAndTheOwnerOnly() {
        User colleague = saas.actingAs(owner.id())
                .accounts()
                .signUp(SignUp.builder("colleague@example.com", "Colleague", Fixture.PASSWORD)
                        .build());
        for (User other : List.of(fixture.signUp("stranger@example.com"), colleague)) {
            assertRefusal(() -> exported(saas.actingAs(other.id()))).isEqualTo(ErrorCodes.RECORD_MISSING);
        }
        User boss = fixture.administrator("boss@example.com");
        assertThat(exported(saas.actingAs(boss.id()))).isNotEmpty();
        assertThat(exports()).hasSize(1);
    }

    @Test
    void isRefusedLikeABackupByStateAndWhileTheTenantIsBusy() {
        saas.tenants().suspend(shop.id());
        assertThat(exported(saas)).isNotEmpty();
        saas.tenants().resume(shop.id());
        AtomicBoolean tried = new AtomicBoolean();
        fixture.backend.once("before close", () -> {
            assertRefusal(() -> exported(saas)).isEqualTo(ErrorCodes.TENANT_BUSY);
            tried.set(true);
        });
        saas.parameters().set(Parameter.RETENTION_DAYS, "7");
        saas.tenants().delete(shop.id());
        assertThat(tried).isTrue();
        assertRefusal(() -> exported(saas)).isEqualTo(ErrorCodes.TENANT_STATE);
    }

    /** Exports again when the archive starts. */
    private final class Nested extends ByteArrayOutputStream {
        private final int depth;
        private boolean started;

        Nested(int depth) {
            this.depth = depth;
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            super.write(bytes, offset, length);
            if (!started) {
                started = true;
                saas.exports().write(shop.id(), depth == 1 ? new ByteArrayOutputStream() : new Nested(depth - 1));
            }
        }
    }

    @Test
    void isMadeTwiceAtOnceByANode() {
        Nested two = new Nested(1);
        saas.exports().write(shop.id(), two);
        assertThat(files(two.toByteArray())).isNotEmpty();

        assertRefusal(() -> saas.exports().write(shop.id(), new Nested(2))).isEqualTo(ErrorCodes.EXPORT_BUSY);

        assertThat(exported(saas)).as("places are given back").isNotEmpty();
    }

    @Test
    void endsIfItsReaderFailsOrIsTooSlow() {
        List<OutputStream> readers = new ArrayList<>();
        readers.add(new OutputStream() {
            @Override
            public void write(int next) throws IOException {
                throw new IOException("The reader is gone");
            }
        });
        readers.add(new ByteArrayOutputStream() {
            @Override
            public synchronized void write(byte[] bytes, int offset, int length) {
                fixture.seconds(61);
            }
        });
        for (OutputStream reader : readers) {
            assertThatThrownBy(() -> saas.exports().write(shop.id(), reader)).isInstanceOf(UncheckedIOException.class);
        }
        assertThat(exported(saas)).isNotEmpty();
    }
}
