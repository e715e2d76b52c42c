// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import dev.allotment.tck.BackendContract;
import dev.allotment.tck.BackendFixture;
import java.util.Map;

/** The whole kit with a superuser and the default settings. Only a long run has it; {@link SuperuserTest} is a part. */
final class SuperuserKitTest extends BackendContract {
    @Override
    protected BackendFixture newFixture() {
        return new PostgresFixture(PostgresTestServer.Admin.SUPERUSER, true, Map.of());
    }
}
