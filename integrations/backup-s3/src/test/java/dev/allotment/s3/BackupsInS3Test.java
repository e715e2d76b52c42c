// SPDX-License-Identifier: Apache-2.0
package dev.allotment.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.Plan;
import dev.allotment.Saas;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.backup.Backup;
import dev.allotment.backup.RestoreBackup;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BackupsInS3Test {
    private static final String KEY = "shop.setting";

    @Test
    void aTenantIsRestoredFromABucket(@TempDir Path folder) {
        String bucket = S3Server.newBucket();
        try (S3BackupStore store = S3Server.store(bucket).prefix("production").build();
                Saas saas = Saas.builder()
                        .backend("h2", Map.of("path", folder.toString()))
                        .passwordIterations(1)
                        .secretKey("a secret key for tests")
                        .backupStore(store)
                        .open()) {
            Tenant shop = create(saas);
            set(saas, shop, "first");

            Backup backup = saas.backups().create(shop.id(), null);
            set(saas, shop, "second");

            assertThat(saas.backups().list(shop.id())).containsExactly(backup);
            assertThat(S3Server.keys(bucket))
                    .filteredOn(each -> each.startsWith("production/" + shop.uuid() + "/"))
                    .hasSize(3);
            Tenant restored = saas.backups()
                    .restore(RestoreBackup.builder(shop.id(), backup.id())
                            .name("shop-old.example.com")
                            .build())
                    .tenant();
            assertThat(saas.database(restored.name()).parameters().value(KEY)).hasValue("first");

            saas.backups().delete(shop.id(), backup.id());
            assertThat(saas.backups().list(shop.id())).isEmpty();
        }
    }

    private static Tenant create(Saas saas) {
        User owner = saas.accounts()
                .signUp(SignUp.builder("owner@example.com", "Owner", "a password")
                        .build());
        Plan plan = saas.plans()
                .create(Plan.builder("Shop").dbNameTemplate("shop-%i").build());
        return saas.tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(owner)
                        .name("shop.example.com")
                        .build())
                .tenant();
    }

    private static void set(Saas saas, Tenant shop, String value) {
        saas.configuration()
                .apply(
                        shop.id(),
                        ConfigurationChange.builder().parameter(KEY, value).build());
    }
}
