// SPDX-License-Identifier: Apache-2.0
package dev.allotment.benchmarks;

import dev.allotment.CreateTenant;
import dev.allotment.Plan;
import dev.allotment.Saas;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.backup.Backup;
import dev.allotment.backup.RestoreBackup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;

/**
 * Backups of a database of sixty tables, and restores of them as new databases and as drills, compared with
 * PostgreSQL's own tools, which must be on the path in the version of the server. Only ours encrypt the backup, read it
 * back, and create the database that they restore into.
 */
final class TenantBackups {
    private static final double ALLOWED = 1.3;
    private static final int TABLES = 60;
    /** What a row takes, with its part of three indexes. */
    private static final int ROW_BYTES = 250;

    private TenantBackups() {}

    static void run(Effort effort, Report report) throws Exception {
        if (!isInstalled("pg_dump") || !isInstalled("pg_restore")) {
            System.out.println("  pg_dump and pg_restore are not on the path, so backups are not measured.");
            return;
        }
        Path folder = Files.createTempDirectory("allotment-backups");
        try (Postgres postgres = new Postgres();
                Saas saas = Saas.builder()
                        .backend("postgres", postgres.settings())
                        .node("benchmarks")
                        .addons(BenchmarkPortal.addons())
                        .backupFolder(folder)
                        .secretKey("a key for the backups of tenants")
                        .open()) {
            Plan plan = saas.plans()
                    .create(Plan.builder("plan")
                            .dbNameTemplate("db-%i.localhost")
                            .build());
            saas.templates().build(plan.id(), List.of("bench"));
            User owner = saas.accounts()
                    .signUp(SignUp.builder("owner@example.com", "Owner", "a password of the owner")
                            .build());
            CreateTenant command = CreateTenant.onPlan(plan).owner(owner).build();
            measure(postgres, saas, command, folder, 7, effort.rounds(), report);
            if (effort == Effort.FULL) {
                measure(postgres, saas, command, folder, 1016, 2, report);
            }
        }
    }

    private static boolean isInstalled(String program) throws InterruptedException {
        try {
            return new ProcessBuilder(program, "--version").start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static void measure(
            Postgres postgres, Saas saas, CreateTenant command, Path folder, int megabytes, int rounds, Report report)
            throws Exception {
        Tenant tenant = saas.tenants().create(command).tenant();
        fill(postgres, tenant.name(), megabytes);
        String size = postgres.values("SELECT pg_database_size('" + tenant.name() + "') / 1048576")
                .get(0);
        Path dump = folder.resolve("dump");
        Sample backups = new Sample();
        Sample dumps = new Sample();
        Sample restores = new Sample();
        Sample drills = new Sample();
        Sample loads = new Sample();
        long stored = 0;
        // The first round prepares: Java code is compiled, and files are read from the disk.
        for (int i = -1; i < rounds; i++) {
            Sample none = new Sample();
            postgres.checkpoint();
            long begun = System.nanoTime();
            Backup backup = saas.backups().create(tenant.id(), null);
            (i < 0 ? none : backups).add(System.nanoTime() - begun);
            stored = backup.storedBytes();
            (i < 0 ? none : dumps)
                    .add(timeOf("pg_dump", "-Fc", "-f", dump.toString(), "-d", postgres.administration(tenant.name())));
            postgres.checkpoint();
            begun = System.nanoTime();
            Tenant restored = saas.backups()
                    .restore(RestoreBackup.builder(tenant.id(), backup.id())
                            .neutralise(false)
                            .build())
                    .tenant();
            (i < 0 ? none : restores).add(System.nanoTime() - begun);
            saas.tenants().purge(restored.id());
            postgres.checkpoint();
            begun = System.nanoTime();
            saas.backups().drill(tenant.id(), backup.id());
            (i < 0 ? none : drills).add(System.nanoTime() - begun);
            postgres.checkpoint();
            postgres.execute("CREATE DATABASE loaded");
            (i < 0 ? none : loads).add(timeOf("pg_restore", "-d", postgres.administration("loaded"), dump.toString()));
            postgres.execute("DROP DATABASE loaded");
        }
        String of = " of a database of 60 tables and " + size + " MB";
        tell(report, "a backup" + of, backups, "`pg_dump -Fc` " + dumps, dumps);
        tell(report, "a restore" + of + " as a new one", restores, "`pg_restore` " + loads, loads);
        report.figure(
                "a drill with it, including the deletion of its database",
                drills + ", " + Report.ratio(drills.medianMillis() / restores.medianMillis()) + " times",
                "the restore");
        report.figure(
                "what the store has of it",
                String.format(Locale.ROOT, "%.1f MB", stored / 1048576.0),
                String.format(Locale.ROOT, "`pg_dump -Fc` %.1f MB", Files.size(dump) / 1048576.0));
    }

    private static void tell(Report report, String what, Sample ours, String reference, Sample theirs) {
        double ratio = ours.medianMillis() / theirs.medianMillis();
        report.goal(
                what,
                ours + ", " + Report.ratio(ratio) + " times",
                reference,
                "≤ " + ALLOWED + " times",
                ratio <= ALLOWED);
    }

    private static void fill(Postgres postgres, String database, int megabytes) throws SQLException {
        long rows = megabytes * 1048576L / TABLES / ROW_BYTES;
        try (Connection connection = postgres.connect(database);
                Statement statement = connection.createStatement()) {
            for (int i = 1; i <= TABLES; i++) {
                statement.execute("INSERT INTO bench_" + i + " (name, amount, at, note) SELECT 'name ' || n, n * 1.25,"
                        + " TIMESTAMP '2026-01-01' + n * interval '1 minute',"
                        + " md5(n::text) || ' ' || md5((n * 7)::text) FROM generate_series(1, " + rows + ") n");
            }
            statement.execute("ANALYZE");
        }
    }

    private static long timeOf(String... command) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        int code = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start()
                .waitFor();
        if (code != 0) {
            throw new IllegalStateException(command[0] + " ended with " + code);
        }
        return System.nanoTime() - begun;
    }
}
