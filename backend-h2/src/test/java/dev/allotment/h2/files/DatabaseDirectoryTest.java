// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.FencingToken;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DatabaseDirectoryTest {
    private static final int RENAMES = 300;

    private final UUID shop = UUID.randomUUID();

    private DatabaseRef shop(int number) {
        return new DatabaseRef("shop-" + number, shop);
    }

    @Test
    void aDatabaseThatIsRenamedWhileItIsReadIsUnknownUnderItsOldName(@TempDir Path folder) throws Exception {
        try (DiskStorage storage = DiskStorage.open(folder)) {
            DatabaseDirectory directory = new DatabaseDirectory(storage);
            directory.deleteLeftovers();
            directory.add(shop(0), files -> {
                storage.createFile(files.data());
                files.setVerifier(new byte[8]);
                files.setToken(new FencingToken(1, 1, UUID.randomUUID(), 0));
            });
            CompletableFuture<Void> renaming = CompletableFuture.runAsync(() -> {
                for (int i = 0; i < RENAMES; i++) {
                    directory.rename(shop(i), shop(i + 1).name());
                }
            });

            int read = 0;
            while (!renaming.isDone()) {
                read += directory.inventory().size();
                for (DatabaseRef each : directory.list()) {
                    try {
                        directory.read(each, DatabaseFiles::size);
                        directory.read(each, DatabaseFiles::verifier);
                    } catch (SaasException e) {
                        assertThat(e.code()).isEqualTo(ErrorCodes.DATABASE_UNKNOWN);
                    }
                }
            }

            renaming.get();
            assertThat(read).isPositive();
        }
    }
}
