// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck.memory;

import dev.allotment.spi.backup.BackupStore;
import dev.allotment.tck.BackupStoreContract;
import dev.allotment.testing.MemoryBackupStore;
import java.time.Clock;

final class MemoryBackupStoreTest extends BackupStoreContract {
    private final MemoryBackupStore store = new MemoryBackupStore(Clock.systemUTC());

    @Override
    protected BackupStore open() {
        return store;
    }
}
