// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import dev.allotment.jdbc.Migration;
import dev.allotment.jdbc.Schema;
import java.util.ArrayList;
import java.util.List;

/** The version after this one: a schema with one more migration, which builds of this version can use. */
final class NextVersion {
    private NextVersion() {}

    /** Tenant databases of the next version. */
    static Schema tenantSchema(String script) {
        return expanded(PostgresBackend.TENANT_SCHEMA, script);
    }

    static Schema expanded(Schema schema, String script) {
        int next = schema.migrations().size() + 1;
        List<Migration> migrations = new ArrayList<>(schema.migrations());
        migrations.add(new Migration(next, "next", 1, false, script));
        return with(schema, migrations);
    }

    static Schema with(Schema schema, List<Migration> migrations) {
        return new Schema(schema.title(), schema.types(), schema.sequences(), migrations);
    }
}
