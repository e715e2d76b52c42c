// SPDX-License-Identifier: Apache-2.0
package dev.allotment.flyway;

import dev.allotment.DatabaseLogin;
import dev.allotment.hook.TenantSchema;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Remembers the logins that another schema was migrated with. */
record CountingSchema(TenantSchema schema, List<DatabaseLogin> logins) implements TenantSchema {
    CountingSchema(TenantSchema schema) {
        this(schema, Collections.synchronizedList(new ArrayList<>()));
    }

    @Override
    public String version() {
        return schema.version();
    }

    @Override
    public void migrate(DatabaseLogin login) throws Exception {
        logins.add(login);
        schema.migrate(login);
    }
}
