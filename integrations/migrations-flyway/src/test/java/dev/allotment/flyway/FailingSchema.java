// SPDX-License-Identifier: Apache-2.0
package dev.allotment.flyway;

import dev.allotment.DatabaseLogin;
import dev.allotment.hook.TenantSchema;

/** Fails for every database. */
record FailingSchema(String version) implements TenantSchema {
    @Override
    public void migrate(DatabaseLogin login) {
        throw new IllegalStateException("This schema never fits");
    }
}
