// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.backup;

import static dev.allotment.core.Refusals.assertRefusal;
import static dev.allotment.core.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ConfigurationChange;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.backup.Backup;
import dev.allotment.backup.BackupId;
import dev.allotment.backup.RestoreBackup;
import dev.allotment.core.BrokenStore;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.spi.backup.BackupStore;
import dev.allotment.spi.backup.StoredFile;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A store that answers, but wrongly, or does not answer. */
final class WrongStoresTest {
    private static final String KEY = "shop.setting";

    private final Fixture fixture = new Fixture();
    private final Saas saas = fixture.saas;
    private final Tenant shop = fixture.tenant();
    private final List<Saas> nodes = new ArrayList<>();

    WrongStoresTest() {
        saas.configuration()
                .apply(
                        shop.id(),
                        ConfigurationChange.builder().parameter(KEY, "live").build());
    }

    @AfterEach
    void close() {
        nodes.forEach(Saas::close);
        Consistency.check(fixture.storage);
        fixture.close();
    }

    private Saas node(BackupStore store) {
        Saas node = fixture.builder(fixture.storage)
                .node("node-b")
                .backupStore(store)
                .open();
        nodes.add(node);
        return node;
    }

    private Backup backUp() {
        fixture.clock.advance(Duration.ofMinutes(1));
        return saas.backups().create(shop.id(), null);
    }

    private List<String> files(String end) {
        return fixture.backups.list("").stream()
                .map(StoredFile::name)
                .filter(name -> name.endsWith(end))
                .toList();
    }

    private static boolean isManifest(String name) {
        return name.endsWith(".json") && !name.contains("/key");
    }

    /** The call is refused, the shop is as it was, and nothing is under way. */
    private SaasException refused(ThrowingCallable call) {
        SaasException refusal = refusal(call);
        assertThat(refusal.getMessage()).doesNotContain("/").doesNotContain("Exception");
        assertThat(saas.tenants().get(shop.id()).state()).isEqualTo(TenantState.OPEN);
        assertThat(saas.tenants().count(Filter.all())).isEqualTo(1);
        assertThat(saas.database(shop.name()).parameters().value(KEY)).contains("live");
        assertThat(saas.operations().count(Filter.equal(Operation.STATE, OperationState.RUNNING)))
                .isZero();
        return refusal;
    }

    private void assertFails(ThrowingCallable call) {
        SaasException refusal = refused(call);
        assertThat(refusal.code()).isEqualTo(ErrorCodes.BACKUP_STORE_FAILED);
        assertThat(refusal.category()).isEqualTo(ErrorCategory.UNAVAILABLE);
        assertThat(refusal.retryable()).isTrue();
    }

    private void finishWithTheRightStore() {
        fixture.clock.advance(OperationLeases.LEASE.plusSeconds(1));
        saas.operations().recover();
        assertThat(saas.operations().count(Filter.equal(Operation.STATE, OperationState.RUNNING)))
                .isZero();
    }

    private static RestoreBackup restoring(Tenant tenant, BackupId backup) {
        return RestoreBackup.builder(tenant.id(), backup).name("copy").build();
    }

    @Test
    void aStoreThatListsEverythingDeletesNothingOfOthers() {
        backUp();
        Tenant market = fixture.tenant("market.example.com");
        saas.backups().create(market.id(), null);
        List<String> ofMarket = files("").stream()
                .filter(name -> name.startsWith(market.uuid().toString()))
                .toList();
        Saas node = node(new BrokenStore(fixture.backups) {
            @Override
            public List<StoredFile> list(String prefix) throws IOException {
                return super.list("");
            }
        });
        assertRefusal(() -> node.backups().list(market.id())).isEqualTo(ErrorCodes.BACKUP_STORE_FAILED);
        assertRefusal(() -> node.backups().create(market.id(), null)).isEqualTo(ErrorCodes.BACKUP_STORE_FAILED);
        assertRefusal(() -> node.tenants().purge(shop.id())).isEqualTo(ErrorCodes.BACKUP_STORE_FAILED);
        finishWithTheRightStore();
        assertThat(saas.tenants().get(shop.id()).state()).isEqualTo(TenantState.DELETED);
        assertThat(files("")).containsExactlyElementsOf(ofMarket);
    }

    @Test
    void theOrderOfAListIsNotTrusted() {
        Backup first = backUp();
        Saas node = node(new BrokenStore(fixture.backups) {
            @Override
            public List<StoredFile> list(String prefix) throws IOException {
                List<StoredFile> reversed = new ArrayList<>(super.list(prefix));
                Collections.reverse(reversed);
                return reversed;
            }
        });
        fixture.clock.advance(Duration.ofMinutes(1));
        Backup second = node.backups().create(shop.id(), null);
        assertThat(node.backups().list(shop.id())).containsExactly(second, first);
        fixture.clock.advance(Duration.ofMinutes(1));
        Backup third = node.backups().create(shop.id(), null);
        assertThat(saas.backups().list(shop.id())).as("the newest two").containsExactly(third, second);
    }

    @Test
    void whatIsListedAndNotThereIsLeftOut() {
        Backup backup = backUp();
        UUID phantom = new UUID(7, 7);
        String name = files(".content").get(0).replace(backup.id().toString(), phantom.toString());
        List<String> names = new ArrayList<>(List.of(name, name.replaceAll("\\.\\d+\\.content$", ".json")));
        Saas node = node(new BrokenStore(fixture.backups) {
            @Override
            public List<StoredFile> list(String prefix) throws IOException {
                List<StoredFile> more = new ArrayList<>(super.list(prefix));
                names.stream()
                        .filter(each -> each.startsWith(prefix))
                        .forEach(each -> more.add(new StoredFile(each, 1, fixture.clock.instant())));
                return more;
            }
        });
        assertThat(node.backups().list(shop.id())).containsExactly(backup);
        assertThat(refused(() -> node.backups().restore(restoring(shop, new BackupId(phantom))))
                        .code())
                .isEqualTo(ErrorCodes.RECORD_MISSING);
        names.set(0, shop.uuid() + "/key-2.json");
        assertThat(node.backups().list(shop.id()))
                .as("with the key that is there")
                .containsExactly(backup);
        fixture.backups.delete(files("/key.json").get(0));
        assertFails(() -> node.backups().restoreInPlace(shop.id(), backup.id(), null));
    }

    @Test
    void manyNamesAndAnEndlessManifestAreRead() {
        Backup backup = backUp();
        String manifest = files(backup.id() + ".json").get(0);
        Backup second = backUp();
        List<StoredFile> foreign = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            foreign.add(new StoredFile(shop.uuid() + "/z" + i, 1, fixture.clock.instant()));
        }
        Saas node = node(new BrokenStore(fixture.backups) {
            @Override
            public List<StoredFile> list(String prefix) throws IOException {
                List<StoredFile> more = new ArrayList<>(super.list(prefix));
                foreign.stream().filter(each -> each.name().startsWith(prefix)).forEach(more::add);
                return more;
            }

            @Override
            public InputStream read(String name) throws IOException {
                return name.equals(manifest) ? endless() : super.read(name);
            }
        });
        assertThat(node.backups().list(shop.id())).containsExactly(second);
        assertThat(refused(() -> node.backups().restoreInPlace(shop.id(), backup.id(), null))
                        .code())
                .isEqualTo(ErrorCodes.BACKUP_DAMAGED);
    }

    private static InputStream endless() {
        return new InputStream() {
            @Override
            public int read() {
                return '{';
            }

            @Override
            public int read(byte[] target, int offset, int length) {
                Arrays.fill(target, offset, offset + length, (byte) '{');
                return length;
            }
        };
    }

    @Test
    void whatTheStoreClaimsToHaveWrittenIsReadBeforeABackupIsReported() {
        assertThat(refused(() -> node(new BrokenStore(fixture.backups) {
                                    @Override
                                    public void write(String name, InputStream content) throws IOException {
                                        content.readAllBytes();
                                    }
                                })
                                .backups()
                                .create(shop.id(), null))
                        .code())
                .as("the key is written first")
                .isEqualTo(ErrorCodes.BACKUP_DAMAGED);
        assertThat(files("")).isEmpty();
        assertThat(refused(() -> node(new BrokenStore(fixture.backups) {
                                    @Override
                                    public void write(String name, InputStream content) throws IOException {
                                        if (name.endsWith(".content")) {
                                            content.readAllBytes();
                                        } else {
                                            super.write(name, content);
                                        }
                                    }
                                })
                                .backups()
                                .create(shop.id(), null))
                        .code())
                .isEqualTo(ErrorCodes.BACKUP_DAMAGED);
        assertFails(() -> node(new BrokenStore(fixture.backups) {
                    @Override
                    public void write(String name, InputStream content) throws IOException {
                        if (isManifest(name)) {
                            content.readAllBytes();
                        } else {
                            super.write(name, content);
                        }
                    }
                })
                .backups()
                .create(shop.id(), null));
        assertFails(() -> node(new BrokenStore(fixture.backups) {
                    @Override
                    public void write(String name, InputStream content) throws IOException {
                        super.write(name, content);
                        if (isManifest(name)) {
                            byte[] bytes = fixture.backups.get(name);
                            bytes[bytes.length / 2] ^= 1;
                            fixture.backups.replace(name, bytes);
                        }
                    }
                })
                .backups()
                .create(shop.id(), null));
        assertThat(files("")).containsExactly(shop.uuid() + "/key.json");
        assertThat(saas.backups().list(shop.id())).isEmpty();
    }

    @Test
    void aDeletionThatTheStoreClaimsIsNotProved() {
        backUp();
        Saas node = node(new BrokenStore(fixture.backups) {
            @Override
            public void delete(String name) {
                // It does nothing.
            }
        });
        SaasException refusal = refusal(() -> node.tenants().purge(shop.id()));
        assertThat(refusal.code()).isEqualTo(ErrorCodes.BACKUP_STORE_FAILED);
        assertThat(refusal.details()).as("it is continued").containsKey("operation");
        assertThat(saas.tenants().proofOfDeletion(shop.id())).isEmpty();
        assertThat(files("")).hasSize(3);
        finishWithTheRightStore();
        assertThat(files("")).isEmpty();
        assertThat(saas.tenants().proofOfDeletion(shop.id())).isPresent();
    }

    @Test
    void aStoreThatProvidesSingleBytesIsTooSlow() {
        Backup backup = backUp();
        for (String end : List.of(".json", ".content")) {
            Saas node = node(new BrokenStore(fixture.backups) {
                @Override
                public InputStream read(String name) throws IOException {
                    return name.endsWith(end) ? drop(super.read(name)) : super.read(name);
                }
            });
            assertFails(() -> node.backups().restore(restoring(shop, backup.id())));
            assertFails(() -> node.backups().restoreInPlace(shop.id(), backup.id(), null));
        }
        assertFails(() -> node(new BrokenStore(fixture.backups) {
                    @Override
                    public void write(String name, InputStream content) throws IOException {
                        super.write(name, drop(content));
                    }
                })
                .backups()
                .create(shop.id(), null));
        assertThat(saas.backups().list(shop.id())).containsExactly(backup);
        assertThat(files("")).hasSize(3);
    }

    /** Each byte comes after much less than a minute. */
    private InputStream drop(InputStream content) {
        return new FilterInputStream(content) {
            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                fixture.seconds(10);
                return super.read(target, offset, Math.min(1, length));
            }
        };
    }

    @Test
    void anErrorThatAStoreMustNotThrowIsAnOutage() {
        Backup backup = backUp();
        RuntimeException unexpected = new IllegalStateException("/var/backups: the client has a defect");
        Saas writing = node(new BrokenStore(fixture.backups) {
            @Override
            public void write(String name, InputStream content) throws IOException {
                content.readNBytes(100);
                throw unexpected;
            }
        });
        assertFails(() -> writing.backups().create(shop.id(), null));
        assertFails(() -> writing.backups().restoreInPlace(shop.id(), backup.id(), null));
        Saas reading = node(new BrokenStore(fixture.backups) {
            @Override
            public InputStream read(String name) throws IOException {
                if (isManifest(name)) {
                    throw unexpected;
                }
                return super.read(name);
            }
        });
        assertFails(() -> reading.backups().list(shop.id()));
        assertFails(() -> reading.backups().restore(restoring(shop, backup.id())));
        Saas providing = node(new BrokenStore(fixture.backups) {
            @Override
            public InputStream read(String name) throws IOException {
                return name.endsWith(".content") ? failing() : super.read(name);
            }

            private InputStream failing() {
                return new InputStream() {
                    @Override
                    public int read() {
                        throw unexpected;
                    }

                    @Override
                    public int read(byte[] target, int offset, int length) {
                        throw unexpected;
                    }
                };
            }
        });
        assertFails(() -> providing.backups().restore(restoring(shop, backup.id())));
        assertFails(() -> providing.backups().restoreInPlace(shop.id(), backup.id(), null));
        Saas listing = node(new BrokenStore(fixture.backups) {
            @Override
            public List<StoredFile> list(String prefix) {
                throw unexpected;
            }
        });
        assertFails(() -> listing.backups().create(shop.id(), null));
        assertThat(saas.backups().list(shop.id())).containsExactly(backup);
        assertThat(files("")).hasSize(3);
    }

    @Test
    void aStoreThatNeverAnswersKeepsNoTenantFromBeingSuspended() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        Saas node = node(new BrokenStore(fixture.backups) {
            @Override
            public void write(String name, InputStream content) throws IOException {
                if (name.endsWith(".content")) {
                    content.read();
                    asked.countDown();
                    try {
                        answered.await();
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                }
                super.write(name, content);
            }
        });
        CompletableFuture<Void> made =
                CompletableFuture.runAsync(() -> node.backups().create(shop.id(), null));
        try {
            assertThat(asked.await(1, TimeUnit.MINUTES)).isTrue();
            assertThat(saas.tenants().suspend(shop.id()).state()).isEqualTo(TenantState.SUSPENDED);
            saas.tenants().resume(shop.id());
        } finally {
            answered.countDown();
        }
        assertThatThrownBy(() -> made.get(1, TimeUnit.MINUTES))
                .cause()
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.OPERATION_SUPERSEDED));
        assertThat(saas.backups().list(shop.id())).isEmpty();
        assertThat(files(".content")).isEmpty();
        assertThat(saas.operations().list(Query.where(Filter.equal(Operation.STATE, OperationState.RUNNING))))
                .isEmpty();
    }
}
