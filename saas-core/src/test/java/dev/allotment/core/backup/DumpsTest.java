// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.backup;

import static dev.allotment.core.Refusals.assertRefusal;
import static dev.allotment.core.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ConfigurationChange;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.access.Member;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.FolderFiles;
import dev.allotment.core.internal.base.Secrets;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.DelegatingDatabases;
import dev.allotment.spi.backend.JsonText;
import dev.allotment.testing.DelegatingBackend;
import dev.allotment.testing.InterruptibleBackend;
import dev.allotment.testing.ProcessKilled;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A dump of one installation becomes a tenant of another one, neither of which needs a store for backups. */
final class DumpsTest {
    private static final int MOST = 1 << 20;
    private static final String KEY = "shop.setting";
    private static final String NAME = "restored.example.com";

    private final Fixture there = new Fixture();
    private final Fixture here = new Fixture();
    private final Saas saas = here.saas;
    private final Tenant shop = there.tenant();
    private final byte[] dump;

    DumpsTest() {
        there.saas
                .configuration()
                .apply(
                        shop.id(),
                        ConfigurationChange.builder().parameter(KEY, "of there").build());
        there.saas.database(shop.name()).members().setPassword(Member.ADMINISTRATOR, "secret of a member");
        dump = there.saas.dumps().create(shop.id(), MOST);
    }

    @AfterEach
    void close() {
        here.backend.unwatch();
        Consistency.check(here.storage);
        here.close();
        there.close();
    }

    private static String value(Saas saas, Tenant tenant) {
        return saas.database(tenant.name()).parameters().value(KEY).orElse("");
    }

    private static Map<String, byte[]> entries(byte[] archive) {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                entries.put(entry.getName(), zip.readAllBytes());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return entries;
    }

    private static byte[] archive(Map<String, byte[]> entries) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> each : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(each.getKey()));
                zip.write(each.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static Map<String, String> manifest(byte[] archive) {
        return new TreeMap<>(
                JsonText.readMap(new String(entries(archive).get("manifest.json"), StandardCharsets.UTF_8)));
    }

    /** An archive with other content and another manifest. */
    private byte[] archive(byte[] content, Map<String, String> manifest) {
        Map<String, byte[]> entries = entries(dump);
        entries.put("content", content);
        entries.put("manifest.json", JsonText.write(manifest).getBytes(StandardCharsets.UTF_8));
        return archive(entries);
    }

    /** The dump with another value in its manifest. */
    private byte[] with(String key, String value) {
        Map<String, String> manifest = manifest(dump);
        manifest.put(key, value);
        return archive(entries(dump).get("content"), manifest);
    }

    /** A dump with other content, whose manifest is right about it. */
    private byte[] withContent(byte[] content) {
        Map<String, String> manifest = manifest(dump);
        manifest.put("contentBytes", Integer.toString(content.length));
        manifest.put("sha256", HexFormat.of().formatHex(Secrets.sha256().digest(content)));
        return archive(content, manifest);
    }

    private String refused(byte[] archive) {
        return refused(saas, archive);
    }

    private String refused(Saas view, byte[] archive) {
        SaasException refusal = refusal(() -> view.dumps().restore(NAME, archive, false));
        assertThat(refusal.getMessage()).doesNotContain("Exception");
        assertThat(saas.tenants().list(Query.all())).isEmpty();
        assertThat(saas.operations().count(Filter.equal(Operation.STATE, OperationState.RUNNING)))
                .isZero();
        Consistency.check(here.storage);
        return refusal.code();
    }

    @Test
    void createsATenantOutsideAnyPlanWithoutAStore() {
        try (Saas storeless =
                here.builderWithoutKey(here.storage).node("node-b").open()) {
            Tenant tenant = storeless.dumps().restore(NAME, dump, false);

            assertThat(value(storeless, tenant)).isEqualTo("of there");
            assertThat(tenant.state()).isEqualTo(TenantState.OPEN);
            assertThat(tenant.uuid()).isNotEqualTo(shop.uuid());
            assertThat(tenant.planId()).isNull();
            assertThat(tenant.ownerId()).isNull();
            assertThat(storeless.database(NAME).members().list(Query.all()))
                    .noneMatch(Member::owner)
                    .extracting(Member::login)
                    .contains("owner@shop.example.com");
            assertThat(storeless.database(NAME).members().authenticate("admin", "secret of a member", null))
                    .map(Member::id)
                    .contains(Member.ADMINISTRATOR);
            assertThat(storeless.events().list(Query.where(Filter.equal(Event.TYPE, EventType.BACKUP_RESTORED))))
                    .singleElement()
                    .satisfies(event -> assertThat(event.details())
                            .containsEntry("source", shop.uuid().toString())
                            .containsEntry("dump", "true")
                            .containsEntry("neutralised", "")
                            .doesNotContainKey("backup"));
            assertRefusal(() -> storeless.dumps().restore(NAME, dump, false)).isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);
            assertRefusal(() -> storeless.dumps().restore("UPPER", dump, false))
                    .isEqualTo(ErrorCodes.TENANT_NAME_INVALID);
        }
        assertThat(there.saas.events().list(Query.where(Filter.equal(Event.TYPE, EventType.TENANT_EXPORTED))))
                .singleElement()
                .satisfies(event -> assertThat(event.details())
                        .containsEntry("dump", "true")
                        .containsEntry("name", shop.name()));
        assertThat(value(there.saas, shop)).isEqualTo("of there");
    }

    @Test
    void neutralisesACopyIfTheCallerWantsThat() {
        List<String> neutralised = new ArrayList<>();
        here.neutraliser = (copy, tx) -> neutralised.add(copy.name());

        saas.dumps().restore(NAME, dump, false);
        assertThat(neutralised).isEmpty();
        saas.dumps().restore("copy.example.com", dump, true);
        assertThat(neutralised).containsExactly("copy.example.com");
    }

    @Test
    void isOnlyForAdministrators() {
        User user = here.signUp("buyer@example.com");
        Tenant own = here.tenant();
        for (Saas view : List.of(saas.actingAs(user.id()), saas.actingAs(Objects.requireNonNull(own.ownerId())))) {
            assertRefusal(() -> view.dumps().restore(NAME, dump, false)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
            assertRefusal(() -> view.dumps().create(own.id(), MOST)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        }
        saas.tenants().delete(own.id());
        assertRefusal(() -> saas.dumps().create(own.id(), MOST)).isEqualTo(ErrorCodes.TENANT_STATE);
    }

    @Test
    void hasNoMoreThanTheCallerAllowsAndTakesThePlaceOfAnExport() {
        assertThat(there.saas.dumps().create(shop.id(), dump.length + 20)).hasSizeLessThanOrEqualTo(dump.length + 20);
        for (int most : List.of(0, 10, dump.length / 2)) {
            assertRefusal(() -> there.saas.dumps().create(shop.id(), most)).isEqualTo(ErrorCodes.DUMP_TOO_LARGE);
        }
        there.backend.once(
                "before send",
                () -> assertRefusal(() -> there.saas.exports().write(shop.id(), new ByteArrayOutputStream()))
                        .isEqualTo(ErrorCodes.EXPORT_BUSY));
        assertThat(there.saas.dumps().create(shop.id(), MOST)).isNotEmpty();
        there.backend.unwatch();
    }

    @Test
    void refusesWhatWasChangedOrCutOff() {
        for (int length = 0; length < dump.length; length += length < 25 ? 1 : 97) {
            assertThat(refused(Arrays.copyOf(dump, length))).isEqualTo(ErrorCodes.DUMP_INVALID);
        }
        for (int at = 0; at < dump.length; at += 61) {
            byte[] flipped = dump.clone();
            flipped[at] ^= 1;
            try {
                // What a reader of ZIP does not look at, such as the time of an entry, is not missed.
                Tenant tenant = saas.dumps().restore(at + ".example.com", flipped, false);
                assertThat(value(saas, tenant)).isEqualTo("of there");
                saas.tenants().delete(tenant.id());
            } catch (SaasException e) {
                assertThat(e.code()).as("flipped at " + at).isIn(ErrorCodes.DUMP_INVALID, ErrorCodes.BACKUP_NEWER);
            }
        }
        assertThat(saas.operations().count(Filter.equal(Operation.STATE, OperationState.RUNNING)))
                .isZero();
    }

    @Test
    void refusesWhatIsNoDump() {
        Map<String, byte[]> foreign = new LinkedHashMap<>();
        foreign.put("dump.sql", new byte[10]);
        foreign.put("manifest.json", "{\"odoo_dump\": \"1\"}".getBytes(StandardCharsets.UTF_8));
        Map<String, byte[]> more = entries(dump);
        more.put("../../outside", new byte[10]);
        Map<String, byte[]> script = entries(dump);
        script.put("dump.sql", "DROP TABLE a;".getBytes(StandardCharsets.UTF_8));
        Map<String, byte[]> nested = entries(dump);
        nested.put("manifest.json", "{\"a\":".repeat(5_000).getBytes(StandardCharsets.UTF_8));
        Map<String, byte[]> longManifest = entries(dump);
        longManifest.put("manifest.json", new byte[100_000]);
        for (Map<String, byte[]> each :
                List.of(Map.<String, byte[]>of(), foreign, more, script, nested, longManifest)) {
            assertThat(refused(archive(each))).as(each.keySet().toString()).isEqualTo(ErrorCodes.DUMP_INVALID);
        }
        assertThat(refused(new byte[100_000])).isEqualTo(ErrorCodes.DUMP_INVALID);
        for (String key : manifest(dump).keySet()) {
            if (!List.of("seal", "name", "createdAt").contains(key)) {
                assertThat(refused(with(key, "x"))).as(key).matches("dump\\.invalid|backend\\.unsupported");
            }
        }
        assertThat(refused(with("dump", "allotment dump 2"))).isEqualTo(ErrorCodes.BACKUP_NEWER);
        assertThat(refused(with("schemaVersion", "1000"))).isEqualTo(ErrorCodes.BACKUP_NEWER);
        assertThat(refused(with("format", "oracle"))).isEqualTo(ErrorCodes.BACKEND_UNSUPPORTED);
        assertThat(refused(with("files", "1"))).isEqualTo(ErrorCodes.BACKUP_FILES_UNSUPPORTED);
        assertThat(refused(withContent(new byte[9 << 20]))).as("a bomb").isEqualTo(ErrorCodes.DUMP_TOO_LARGE);
    }

    /** The manifest is right about the content, so only the backend finds out. */
    @Test
    void refusesContentOfWhichNoDatabaseCanBeMade() {
        byte[] content = entries(dump).get("content");
        for (UnaryOperator<byte[]> change : List.<UnaryOperator<byte[]>>of(
                each -> new byte[0],
                each -> new byte[1000],
                each -> Arrays.copyOf(each, each.length / 2),
                each -> Arrays.copyOf(each, each.length - 1),
                each -> {
                    // The length of a text.
                    Arrays.fill(each, 40, 44, (byte) 0x7f);
                    return each;
                })) {
            assertThat(refused(withContent(change.apply(content.clone()))))
                    .matches("dump\\.invalid|backend\\.unsupported");
        }
    }

    @Test
    void neverFailsInUnexpectedWaysWhateverTheContentIs() {
        byte[] content = entries(dump).get("content");
        Random random = new Random(42);
        for (int i = 0; i < 40; i++) {
            byte[] changed = content.clone();
            changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
            try {
                saas.dumps().restore(i + ".example.com", withContent(changed), false);
            } catch (SaasException e) {
                assertThat(e.category()).as("%d: %s", i, e).isNotEqualTo(ErrorCategory.INTERNAL);
            }
        }
        assertThat(saas.tenants().list(Query.all())).extracting(Tenant::state).containsOnly(TenantState.OPEN);
        assertThat(saas.operations().count(Filter.equal(Operation.STATE, OperationState.RUNNING)))
                .isZero();
    }

    @Test
    void takesOnlyItsOwnDumpsIfDatabasesCanDoHarm() {
        try (Saas careful =
                here.builderWithoutKey(new Harmful(here.storage)).node("node-b").open()) {
            assertThat(refused(careful, dump)).isEqualTo(ErrorCodes.DUMP_UNTRUSTED);
            Tenant first = here.saas.dumps().restore("first.example.com", dump, false);
            byte[] own = careful.dumps().create(first.id(), MOST);
            assertThat(value(careful, careful.dumps().restore(NAME, own, false)))
                    .isEqualTo("of there");

            Map<String, String> manifest = manifest(own);
            manifest.put("tenant", shop.uuid().toString());
            byte[] changed = archive(entries(own).get("content"), manifest);
            assertRefusal(() -> careful.dumps().restore("third.example.com", changed, false))
                    .isEqualTo(ErrorCodes.DUMP_UNTRUSTED);
        }
    }

    /** A backend whose databases can do more than their application may. */
    private static final class Harmful extends DelegatingBackend {
        private final Backend storage;

        Harmful(Backend storage) {
            super(storage);
            this.storage = storage;
        }

        @Override
        public Databases databases(Server server) {
            return new DelegatingDatabases(storage.databases(server)) {
                @Override
                public boolean confinesContent() {
                    return false;
                }
            };
        }
    }

    @Test
    void hasTheFilesOfTheApplication(@TempDir Path root) throws IOException {
        FolderFiles files = new FolderFiles(root);
        files.create(shop.uuid());
        files.write(shop.uuid(), "docs/note.txt", new ByteArrayInputStream("a note".getBytes(StandardCharsets.UTF_8)));
        byte[] complete;
        try (Saas withFiles =
                there.builder(there.storage).node("node-b").tenantFiles(files).open()) {
            complete = withFiles.dumps().create(shop.id(), MOST);
        }
        assertThat(refused(complete)).isEqualTo(ErrorCodes.BACKUP_FILES_UNSUPPORTED);
        try (Saas withFiles =
                here.builder(here.storage).node("node-b").tenantFiles(files).open()) {
            Tenant tenant = withFiles.dumps().restore(NAME, complete, false);

            assertThat(value(withFiles, tenant)).isEqualTo("of there");
            assertThat(files.open(tenant.uuid(), "docs/note.txt").readAllBytes())
                    .asString(StandardCharsets.UTF_8)
                    .isEqualTo("a note");
            // A name that leads out of the folder, of the same length.
            byte[] content = new String(entries(complete).get("content"), StandardCharsets.ISO_8859_1)
                    .replace("docs/note.txt", "../a/note.txt")
                    .getBytes(StandardCharsets.ISO_8859_1);
            Map<String, String> manifest = manifest(complete);
            manifest.put("sha256", HexFormat.of().formatHex(Secrets.sha256().digest(content)));
            assertRefusal(() -> withFiles.dumps().restore("other.example.com", archive(content, manifest), false))
                    .isEqualTo(ErrorCodes.DUMP_INVALID);
            assertThat(withFiles.tenants().list(Query.all())).hasSize(1);
            assertThat(root.resolve("a")).doesNotExist();
        }
    }

    @Test
    void isCompletedOrUndoneWhereverItsNodeDies() {
        boolean killed = true;
        int undone = 0;
        for (int points = 0; killed; points++) {
            InterruptibleBackend process = InterruptibleBackend.over(here.storage);
            Saas victim = here.builderWithoutKey(process).node("victim").open();
            process.killAfter(points);
            killed = false;
            try {
                victim.dumps().restore(NAME, dump, false);
            } catch (ProcessKilled e) {
                killed = true;
            }
            here.clock.advance(OperationLeases.LEASE.plusSeconds(1));
            saas.operations().recover();
            assertThat(saas.operations().count(Filter.equal(Operation.STATE, OperationState.RUNNING)))
                    .isZero();
            List<Tenant> made = saas.tenants().list(Query.where(Filter.equal(Tenant.STATE, TenantState.OPEN)));
            if (made.isEmpty()) {
                undone++;
            } else {
                assertThat(value(saas, made.get(0))).isEqualTo("of there");
                saas.tenants().delete(made.get(0).id());
                // Then the name is free again.
                here.clock.advance(Duration.ofDays(31));
            }
        }
        assertThat(undone).isGreaterThan(3);
    }
}
