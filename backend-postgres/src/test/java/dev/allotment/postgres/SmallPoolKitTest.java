// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import dev.allotment.tck.BackendContract;
import dev.allotment.tck.BackendFixture;
import java.util.Map;
import org.junit.jupiter.api.Tag;

/** The kit with a role that may only create databases and roles, as few connections as possible, and autocommit off. */
@Tag("slow")
final class SmallPoolKitTest extends BackendContract {
    @Override
    protected BackendFixture newFixture() {
        return new PostgresFixture(
                PostgresTestServer.Admin.KEEPER, false, Map.of("pool.size", "2", "client.connections", "2"));
    }
}
