// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import dev.allotment.tck.BackendFixture;
import dev.allotment.tck.ConfigureContract;
import dev.allotment.tck.LifeCycleContract;
import java.util.Map;
import org.junit.jupiter.api.Nested;

/** A superuser with the default settings: what differs most from a role that may only create databases and roles. */
final class SuperuserTest {
    private static BackendFixture fixture() {
        return new PostgresFixture(PostgresTestServer.Admin.SUPERUSER, true, Map.of());
    }

    @Nested
    class LifeCycle extends LifeCycleContract {
        @Override
        protected BackendFixture newFixture() {
            return fixture();
        }
    }

    @Nested
    class Configure extends ConfigureContract {
        @Override
        protected BackendFixture newFixture() {
            return fixture();
        }
    }
}
