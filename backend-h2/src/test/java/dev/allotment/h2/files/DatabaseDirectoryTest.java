// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.DatabaseEntry;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.FencingToken;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DatabaseDirectoryTest {
    private static final int RENAMES = 300;

    private final UUID shop = UUID.randomUUID();
    private DiskStorage storage;
    private DatabaseDirectory directory;

    @BeforeEach
    void addShop(@TempDir Path folder) {
        storage = DiskStorage.open(folder);
        directory = new DatabaseDirectory(storage);
        directory.deleteLeftovers();
        directory.add(shop(0), files -> {
            storage.createFile(files.data());
            files.setVerifier(new byte[8]);
            files.setToken(new FencingToken(1, 1, UUID.randomUUID(), 0));
        });
    }

    @AfterEach
    void close() {
        storage.close();
    }

    private DatabaseRef shop(int number) {
        return new DatabaseRef("shop-" + number, shop);
    }

    /** Reads everything; what has another name meanwhile is left out of a list, and unknown to the rest. */
    private static void read(DatabaseDirectory directory, DatabaseRef database) {
        List<Consumer<DatabaseRef>> readings = List.of(
                each -> directory.read(each, DatabaseFiles::size),
                each -> directory.read(each, DatabaseFiles::verifier),
                directory::contains);
        directory.inventory();
        for (Consumer<DatabaseRef> reading : readings) {
            try {
                reading.accept(database);
            } catch (SaasException e) {
                assertThat(e.code()).isEqualTo(ErrorCodes.DATABASE_UNKNOWN);
            }
        }
    }

    @Test
    void aDatabaseThatIsRenamedWhileItIsReadIsUnknownUnderItsOldName() {
        CompletableFuture<Void> renaming = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < RENAMES; i++) {
                directory.rename(shop(i), shop(i + 1).name());
            }
        });

        while (!renaming.isDone()) {
            directory.list().forEach(each -> read(directory, each));
        }

        renaming.join();
        assertThat(directory.inventory())
                .extracting(DatabaseEntry::name)
                .containsExactly(shop(RENAMES).name());
    }

    @Test
    void itDoesNotMatterBeforeWhichAccessToItsFilesItIsRenamed() {
        int renames = 0;
        AtomicInteger accesses = new AtomicInteger();
        do {
            DatabaseRef present = shop(renames);
            String next = shop(renames + 1).name();
            accesses.set(renames++);
            read(
                    new DatabaseDirectory(before(() -> {
                        if (accesses.getAndDecrement() == 0) {
                            directory.rename(present, next);
                        }
                    })),
                    present);
        } while (accesses.get() < 0);
        assertThat(renames).isGreaterThan(10);
    }

    @Test
    void itDoesNotMatterBeforeWhichAccessToItsFilesAnExchangeIsKilled() {
        DatabaseRef copy = new DatabaseRef("copy", UUID.randomUUID());
        directory.add(copy, files -> {
            storage.createFile(files.data());
            files.setOpen(true);
        });
        DatabaseRef exchanged = new DatabaseRef("shop-0", copy.uuid());
        DatabaseRef copyExchanged = new DatabaseRef("copy", shop);
        int killed = 0;
        boolean done = false;
        while (!done) {
            int point = killed++;
            AtomicInteger accesses = new AtomicInteger(point);
            try {
                new DatabaseDirectory(before(() -> {
                            if (accesses.getAndDecrement() == 0) {
                                throw new IllegalStateException("killed");
                            }
                        }))
                        .exchange(shop(0), copy);
                done = true;
            } catch (IllegalStateException e) {
                assertThat(e).hasMessage("killed");
            }
            directory.deleteLeftovers();
            if (directory.isNamed(shop(0))) {
                assertThat(directory.list()).containsExactly(copy, shop(0));
                directory.exchange(shop(0), copy);
            }
            assertThat(directory.list()).containsExactly(copyExchanged, exchanged);
            assertThat(storage.children("databases")).hasSize(2);
            assertThat(directory.get(exchanged).token()).isNotNull();
            for (DatabaseRef each : List.of(exchanged, copyExchanged)) {
                assertThat(directory.get(each))
                        .returns(false, DatabaseFiles::isOpen)
                        .satisfies(files -> assertThat(files.verifier()).isEmpty());
            }
            directory.exchange(exchanged, copyExchanged);
            directory.get(shop(0)).setVerifier(new byte[8]);
            directory.get(copy).setOpen(true);
        }
        assertThat(killed).isGreaterThan(10);
    }

    /** The same storage with an action before each access. */
    private H2Storage before(Runnable action) {
        return (H2Storage) Proxy.newProxyInstance(
                H2Storage.class.getClassLoader(), new Class<?>[] {H2Storage.class}, (proxy, method, arguments) -> {
                    action.run();
                    try {
                        return method.invoke(storage, arguments);
                    } catch (InvocationTargetException e) {
                        throw Objects.requireNonNull(e.getCause());
                    }
                });
    }
}
