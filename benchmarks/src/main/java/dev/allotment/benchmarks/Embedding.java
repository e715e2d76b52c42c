// SPDX-License-Identifier: Apache-2.0
package dev.allotment.benchmarks;

import dev.allotment.CreateTenant;
import dev.allotment.Plan;
import dev.allotment.Saas;
import dev.allotment.SaasBuilder;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.flyway.FlywaySchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What an embedder's application pays for a database for each tenant: connections, migrations, and maintenance. */
final class Embedding {
    /** How many databases are created at the same time, before something is measured. */
    private static final int CREATORS = 4;

    private static final String FIRST = """
            CREATE TABLE note (id bigint PRIMARY KEY, text varchar(200) NOT NULL);
            INSERT INTO note SELECT n, 'Note ' || n FROM generate_series(1, 1000) n;
            """;

    /** A usual change of an application. */
    private static final String NEXT = """
            CREATE TABLE part_%1$d (id bigint PRIMARY KEY, note_id bigint REFERENCES note, amount numeric(16, 2));
            CREATE INDEX part_%1$d_by_note ON part_%1$d (note_id);
            ALTER TABLE note ADD COLUMN part_%1$d_count integer;
            """;

    private final Postgres postgres;
    private final Path migrations;

    private Embedding(Postgres postgres, Path migrations) {
        this.postgres = postgres;
        this.migrations = migrations;
    }

    static void run(Effort effort, Report report) throws Exception {
        IdleTenants.run(report);
        int databases = Integer.getInteger("allotment.benchmarks.databases", effort.databases());
        try (Postgres postgres = new Postgres()) {
            Embedding embedding = new Embedding(postgres, Files.createTempDirectory("allotment-migrations"));
            try (Saas saas = embedding.builder(1).open()) {
                // One more, for the pool that the others are compared with.
                List<Tenant> tenants = create(saas, databases + 1);
                TenantLoad.run(postgres, saas, tenants, effort, report);
            }
            TenantMigrations.run(embedding, report);
        }
    }

    /** Returns a builder of a control plane whose tenants have this version of the application's tables. */
    SaasBuilder builder(int version) throws IOException {
        return Saas.builder()
                .backend("postgres", postgres.settings())
                .node("benchmarks")
                .tenantSchema(FlywaySchema.at(location(version)));
    }

    /** Returns a folder with the migrations up to a version, as Flyway names it. */
    String location(int version) throws IOException {
        Path folder = Files.createDirectories(migrations.resolve("v" + version));
        for (int i = 1; i <= version; i++) {
            Files.writeString(folder.resolve("V" + i + "__change.sql"), i == 1 ? FIRST : NEXT.formatted(i));
        }
        return "filesystem:" + folder;
    }

    private static List<Tenant> create(Saas saas, int databases) throws Exception {
        Plan plan = saas.plans()
                .create(Plan.builder("plan").dbNameTemplate("db-%i.example").build());
        saas.templates().build(plan.id(), List.of());
        User owner = saas.accounts()
                .signUp(SignUp.builder("owner@example.com", "Owner", "a password of the owner")
                        .build());
        ExecutorService threads = Executors.newFixedThreadPool(CREATORS);
        try {
            List<Future<Tenant>> created = new ArrayList<>();
            for (int i = 0; i < databases; i++) {
                created.add(threads.submit(() -> saas.tenants()
                        .create(CreateTenant.onPlan(plan).owner(owner).build())
                        .tenant()));
            }
            List<Tenant> tenants = new ArrayList<>();
            for (Future<Tenant> each : created) {
                tenants.add(each.get());
            }
            return tenants;
        } finally {
            threads.shutdown();
        }
    }
}
