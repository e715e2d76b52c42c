// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.tck.BackendFixture;
import java.io.IOException;
import java.util.Map;
import java.util.UUID;

/** Creates, copies, renames and drops databases until it is killed. */
final class PostgresProcessToKill {
    static final DatabaseRef MADE = new DatabaseRef("made.example", new UUID(10, 1));
    static final DatabaseRef COPIED = new DatabaseRef("copied.example", new UUID(10, 2));
    static final DatabaseRef RENAMED = new DatabaseRef("renamed.example", COPIED.uuid());

    private PostgresProcessToKill() {}

    /** Prints a line when it starts. */
    public static void main(String... args) throws IOException {
        Settings settings = Settings.of(Map.of("url", args[0], "user", args[1], "password", args[2]));
        try (Backend backend = new PostgresBackendProvider().open(settings)) {
            Databases databases = backend.databases(BackendFixture.DEFAULT_SERVER);
            databases.list();
            System.out.write('\n');
            System.out.flush();
            while (true) {
                databases.create(MADE);
                databases.open(MADE);
                databases.copy(MADE, COPIED);
                databases.rename(COPIED, RENAMED.name());
                databases.drop(RENAMED);
                databases.drop(MADE);
            }
        }
    }
}
