// SPDX-License-Identifier: Apache-2.0
package dev.allotment.flyway;

import dev.allotment.DatabaseLogin;
import dev.allotment.hook.MigrationFailedException;
import dev.allotment.hook.TenantSchema;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.migration.JavaMigration;

/**
 * A tenant schema that Flyway migrates, with its own history table in each tenant database. Safe for use by several
 * threads.
 *
 * <p>The {@linkplain #version version} is the highest version of the migrations, with a hash of all of them. So a
 * changed repeatable migration makes tenants outdated, too.
 */
public final class FlywaySchema implements TenantSchema {
    private static final int HASH_BYTES = 8;

    private final UnaryOperator<FluentConfiguration> settings;
    private final String version;

    private FlywaySchema(UnaryOperator<FluentConfiguration> settings) {
        this.settings = settings;
        this.version = version(settings.apply(defaults()));
    }

    /**
     * Creates a schema of migrations in these places.
     *
     * @param locations such as {@code classpath:db/tenant} or {@code filesystem:/etc/shop/tenant}, without wildcards
     * @throws FlywayException if a location cannot be read, or the versions do not fit
     */
    public static FlywaySchema at(String... locations) {
        List<String> places = List.of(locations);
        return of(configuration -> configuration.locations(places.toArray(String[]::new)));
    }

    /**
     * Creates a schema with more settings than locations. Before they are changed here, they have Flyway's defaults,
     * and two more: a database that has tables of add-ons, and no history yet, starts with version 0; on PostgreSQL,
     * {@code initSql} sets a {@code lock_timeout} of 30 seconds.
     *
     * @param settings changes and returns what it is given; called again for each migration. It sets no data source
     * @throws FlywayException as {@link #at}
     */
    public static FlywaySchema of(UnaryOperator<FluentConfiguration> settings) {
        return new FlywaySchema(Objects.requireNonNull(settings, "settings"));
    }

    private static FluentConfiguration defaults() {
        return Flyway.configure().baselineOnMigrate(true).baselineVersion("0");
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public void migrate(DatabaseLogin login) throws MigrationFailedException {
        FluentConfiguration defaults = defaults();
        if (login.url().startsWith("jdbc:postgresql:")) {
            // An idle transaction of the tenant's application must not keep the caller waiting for ever.
            defaults.initSql("SET lock_timeout = '30s'");
        }
        Flyway flyway =
                settings.apply(defaults).dataSource(new LoginDataSource(login)).load();
        try {
            flyway.migrate();
        } catch (FlywayException e) {
            throw FailedMigration.explain(flyway, e);
        }
    }

    private static String version(FluentConfiguration configuration) {
        Pattern versioned = Pattern.compile(Pattern.quote(configuration.getSqlMigrationPrefix()) + "([0-9._]+?)"
                + Pattern.quote(configuration.getSqlMigrationSeparator()) + ".*");
        List<MigrationVersion> versions = new ArrayList<>(List.of(MigrationVersion.fromVersion("0")));
        MessageDigest hash = sha256();
        SortedMap<String, byte[]> files = MigrationFiles.of(configuration);
        if (files.isEmpty() && configuration.getJavaMigrations().length == 0) {
            throw new FlywayException(
                    "There are no migrations in " + Arrays.toString(configuration.getLocations()) + ".");
        }
        files.forEach((name, content) -> {
            Matcher matcher = versioned.matcher(name.substring(name.lastIndexOf('/') + 1));
            if (matcher.matches()) {
                versions.add(MigrationVersion.fromVersion(matcher.group(1)));
            }
            add(hash, name, content);
        });
        for (JavaMigration migration : configuration.getJavaMigrations()) {
            if (migration.getVersion() != null) {
                versions.add(migration.getVersion());
            }
            add(
                    hash,
                    migration.getClass().getName() + " " + migration.getVersion(),
                    String.valueOf(migration.getChecksum()).getBytes(StandardCharsets.UTF_8));
        }
        versions.sort(null);
        return versions.get(versions.size() - 1) + "-" + HexFormat.of().formatHex(hash.digest(), 0, HASH_BYTES);
    }

    private static void add(MessageDigest hash, String name, byte[] content) {
        hash.update((name + '\n' + content.length + '\n').getBytes(StandardCharsets.UTF_8));
        hash.update(content);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
