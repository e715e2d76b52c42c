// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import dev.allotment.spi.backend.RecordTypes;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The tables of the catalog, which every SQL database has in the same way. Each script is written once, with words in
 * braces for what databases call differently: {@code {text}} and {@code {time}} are types, and {@code {where …}} limits
 * an index to some rows if the database can. What only one database needs is in a script of its backend with the same
 * name, and runs after the common one.
 */
public final class CatalogSchema {
    /** The names of the scripts, from version 1 on. A released script is never changed. */
    private static final List<String> SCRIPTS = List.of(
            "records",
            "webhooks",
            "usage",
            "entitlements",
            "payments",
            "second-factor",
            "teams",
            "brand",
            "passkeys",
            "support",
            "identity",
            "provided-sessions",
            "mail-domain");

    private static final String FOLDER = "catalog";
    private static final Pattern PARTIAL = Pattern.compile(" \\{where ([^}]*)}");

    private CatalogSchema() {}

    /**
     * Reads the schema of a database.
     *
     * @param open opens a resource of the backend; a parameter because only the backend's module may open its resources
     */
    public static Schema of(SqlDialect dialect, Function<String, @Nullable InputStream> open) {
        List<Migration> migrations = new ArrayList<>();
        for (String name : SCRIPTS) {
            int version = migrations.size() + 1;
            Migration common = Migration.read(version, name, FOLDER, CatalogSchema.class::getResourceAsStream);
            String own = Migration.text(Migration.resource(version, name, FOLDER) + ".sql", open);
            migrations.add(new Migration(
                    version,
                    name,
                    common.readableFrom(),
                    common.concurrent(),
                    translated(common.script(), dialect) + (own == null ? "" : '\n' + own)));
        }
        return new Schema("catalog", RecordTypes.catalog(), RecordTypes.sequences(), migrations);
    }

    private static String translated(String script, SqlDialect dialect) {
        return PARTIAL.matcher(script)
                .replaceAll(dialect.hasPartialIndexes() ? " WHERE $1" : "")
                .replace("{text}", dialect.textType())
                .replace("{time}", dialect.timeType());
    }
}
