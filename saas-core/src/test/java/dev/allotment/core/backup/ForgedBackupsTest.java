// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.backup;

import static dev.allotment.core.Refusals.assertRefusal;
import static dev.allotment.core.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ConfigurationChange;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.backup.Backup;
import dev.allotment.backup.ImportBackup;
import dev.allotment.core.BrokenStore;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.FolderFiles;
import dev.allotment.core.internal.backup.archive.ForgedBackup;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup that a party has made that knows the secret key: everything in it is authentic, and wrong. */
final class ForgedBackupsTest {
    private static final String SECRET = "the secret key of the other installation";
    private static final String KEY = "shop.setting";

    @TempDir
    private Path folder;

    private final Fixture there = new Fixture();
    private final Fixture here = new Fixture();
    private final User owner = here.signUp("buyer@example.com");
    private final Plan plan = here.plan();
    private final Tenant shop;
    private final Backup backup;
    private final ForgedBackup forged;

    ForgedBackupsTest() {
        there.secrets = List.of(SECRET);
        shop = there.tenant();
        set("first");
        backup = there.saas.backups().create(shop.id(), null);
        set("second");
        forged = new ForgedBackup(there.backups, shop.uuid(), backup.id(), SECRET);
    }

    @AfterEach
    void close() {
        Consistency.check(here.storage);
        Consistency.check(there.storage);
        here.close();
        there.close();
    }

    private void set(String value) {
        there.saas
                .configuration()
                .apply(
                        shop.id(),
                        ConfigurationChange.builder().parameter(KEY, value).build());
    }

    /** It cannot be imported or restored, in place or beside its tenant. It leaves nothing, and no file anywhere. */
    private void assertRefused() throws IOException {
        Path root = Files.createTempDirectory(folder, "files");
        FolderFiles files = new FolderFiles(root);
        try (Saas importing = here.builder(here.storage)
                        .node("node-b")
                        .tenantFiles(files)
                        .open();
                Saas restoring = there.builder(there.storage)
                        .node("node-b")
                        .tenantFiles(files)
                        .open()) {
            var refusal = refusal(() -> importing
                    .backups()
                    .importBackup(
                            ImportBackup.builder(shop.uuid(), backup.id(), plan.id(), owner.id())
                                    .build(),
                            there.backups,
                            List.of(SECRET)));
            assertThat(refusal.code()).isEqualTo(ErrorCodes.BACKUP_DAMAGED);
            assertThat(refusal).hasMessageContaining("Nothing was restored from it. Use another backup.");
            assertRefusal(() -> restoring.backups().restoreInPlace(shop.id(), backup.id(), null))
                    .isEqualTo(ErrorCodes.BACKUP_DAMAGED);
            assertRefusal(() -> restoring.backups().drill(shop.id(), backup.id()))
                    .isEqualTo(ErrorCodes.BACKUP_DAMAGED);
        }
        assertThat(here.saas.tenants().list(Query.all())).isEmpty();
        assertThat(here.backups.list("")).isEmpty();
        assertThat(there.saas.tenants().list(Query.all()))
                .singleElement()
                .satisfies(tenant -> assertThat(tenant.state()).isEqualTo(TenantState.OPEN));
        assertThat(there.saas.database(shop.name()).parameters().value(KEY)).contains("second");
        assertThat(there.saas.backups().list(shop.id())).hasSize(1);
        for (Fixture each : List.of(here, there)) {
            assertThat(each.saas.operations().count(Filter.equal(Operation.STATE, OperationState.RUNNING)))
                    .isZero();
        }
        try (Stream<Path> left = Files.walk(folder)) {
            assertThat(left.filter(Files::isRegularFile)).isEmpty();
        }
    }

    @Test
    void aBombExpandsNoFurtherThanItsManifestSays() throws IOException {
        InputStream bomb = new SequenceInputStream(new ByteArrayInputStream(forged.content()), zeros(64 << 20));
        forged.replace(bomb, backup.contentBytes(), null);
        assertRefused();

        AtomicLong read = new AtomicLong();
        assertRefusal(() -> here.saas
                        .backups()
                        .importBackup(
                                ImportBackup.builder(shop.uuid(), backup.id(), plan.id(), owner.id())
                                        .build(),
                                counting(read),
                                List.of(SECRET)))
                .isEqualTo(ErrorCodes.BACKUP_DAMAGED);
        assertThat(read.get())
                .as("bytes that were read of the content in the store")
                .isLessThan(200_000)
                .isLessThan(there.saas.backups().list(shop.id()).get(0).storedBytes());
    }

    private static InputStream zeros(long count) {
        return new InputStream() {
            private long left = count;

            @Override
            public int read() {
                return left-- > 0 ? 0 : -1;
            }

            @Override
            public int read(byte[] target, int offset, int length) {
                int read = (int) Math.min(length, left);
                Arrays.fill(target, offset, offset + read, (byte) 0);
                left -= read;
                return read == 0 ? -1 : read;
            }
        };
    }

    private BrokenStore counting(AtomicLong read) {
        return new BrokenStore(there.backups) {
            @Override
            public InputStream read(String name) throws IOException {
                return new FilterInputStream(super.read(name)) {
                    @Override
                    public int read(byte[] target, int offset, int length) throws IOException {
                        int bytes = super.read(target, offset, length);
                        read.addAndGet(name.endsWith(".content") ? Math.max(bytes, 0) : 0);
                        return bytes;
                    }
                };
            }
        };
    }

    @Test
    void contentIsNotLongerOrShorterThanItsManifestSays() throws IOException {
        byte[] content = forged.content();
        for (long declared : List.of(Long.MAX_VALUE, content.length + 1L, content.length - 1L, 0L, -1L)) {
            forged.replace(new ByteArrayInputStream(content), declared, null);
            assertRefused();
        }
    }

    /** The database as it is, and then something else instead of files. */
    private void replaceFiles(long count, byte[] files) throws IOException {
        byte[] database = forged.content();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(database.length);
        out.write(database);
        out.writeInt(0);
        out.write(files);
        forged.replace(new ByteArrayInputStream(bytes.toByteArray()), bytes.size(), count);
    }

    private static byte[] file(String name, int length, byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        byte[] encoded = name.getBytes(StandardCharsets.UTF_8);
        out.writeShort(encoded.length);
        out.write(encoded);
        out.writeInt(length);
        out.write(content);
        out.writeInt(0);
        out.writeShort(0);
        return bytes.toByteArray();
    }

    @Test
    void noFileIsWrittenOutsideThePlaceOfTheTenant() throws IOException {
        byte[] database = forged.content();
        for (String name : List.of(
                "../evil",
                "../../evil",
                "/evil",
                "a/../../../evil",
                "a/./evil",
                "a//evil",
                "..",
                "a\\..\\evil",
                "C:evil",
                "evil\0",
                "a".repeat(1025))) {
            replaceFiles(1, file(name, 1, new byte[1]));
            assertRefused();
            forged.replace(new ByteArrayInputStream(database), database.length, null);
        }
    }

    @Test
    void sizesAndNumbersOfFilesThatAreNotTrueAreRefused() throws IOException {
        byte[] database = forged.content();
        for (byte[] files : List.of(
                file("note", Integer.MAX_VALUE, new byte[1]),
                file("note", -1, new byte[1]),
                file("note", (1 << 16) + 1, new byte[1]),
                file("note", 100, new byte[1]),
                new byte[] {(byte) 0xff, (byte) 0xff, 'a'},
                new byte[] {0})) {
            replaceFiles(1, files);
            assertRefused();
            forged.replace(new ByteArrayInputStream(database), database.length, null);
        }
        for (long count : List.of(0L, 2L, Long.MAX_VALUE, -1L)) {
            replaceFiles(count, file("note", 1, new byte[1]));
            assertRefused();
            forged.replace(new ByteArrayInputStream(database), database.length, null);
        }
    }
}
