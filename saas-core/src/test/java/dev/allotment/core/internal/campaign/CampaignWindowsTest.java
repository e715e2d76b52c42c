// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.MaintenanceWindow;
import dev.allotment.PlanId;
import dev.allotment.ServerId;
import dev.allotment.TenantId;
import dev.allotment.spi.backend.StoredTenant;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class CampaignWindowsTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final PlanId NIGHTLY = new PlanId(1);

    private final CampaignWindows windows = new CampaignWindows(true, CampaignWindowsTest::ofPlan);

    private static Optional<MaintenanceWindow> ofPlan(PlanId plan) {
        return plan.equals(NIGHTLY) ? Optional.of(MaintenanceWindow.parse("22:00-04:00")) : Optional.empty();
    }

    private static StoredTenant.Builder tenant(long id) {
        return StoredTenant.builder(new UUID(1, id), "tenant-" + id, new ServerId(1))
                .id(new TenantId(id))
                .tz("UTC");
    }

    @Test
    void leavesTenantsForLaterWhoseWindowIsClosed() {
        assertThat(windows.putOff(tenant(1).build(), NOON)).as("without a plan").isFalse();
        assertThat(windows.putOff(tenant(2).planId(new PlanId(2)).build(), NOON))
                .as("on a plan without a window")
                .isFalse();
        assertThat(windows.putOff(tenant(3).planId(NIGHTLY).build(), NOON)).isTrue();
        assertThat(windows.putOff(tenant(3).planId(NIGHTLY).build(), Instant.parse("2026-03-01T23:00:00Z")))
                .isFalse();
        assertThat(windows.waiting()).isEqualTo(1);
    }

    @Test
    void theTenantsWindowIsBeforeThatOfItsPlan() {
        StoredTenant tenant = tenant(1)
                .planId(NIGHTLY)
                .maintenanceWindow(MaintenanceWindow.parse("11:00-13:00"))
                .build();
        assertThat(windows.putOff(tenant, NOON)).isFalse();
    }

    @Test
    void aWindowIsInTheZoneOfTheTenant() {
        assertThat(windows.putOff(
                        tenant(1).planId(NIGHTLY).tz("Pacific/Auckland").build(), NOON))
                .as("one o'clock in the morning")
                .isFalse();
        assertThat(windows.putOff(tenant(2).planId(NIGHTLY).tz("Mars/Olympus").build(), NOON))
                .as("an unknown zone counts as UTC")
                .isTrue();
    }

    @Test
    void opensWithTheFirstWindow() {
        windows.putOff(tenant(1).planId(NIGHTLY).build(), NOON);
        windows.putOff(
                tenant(2)
                        .maintenanceWindow(MaintenanceWindow.parse("15:00-16:00"))
                        .build(),
                NOON);
        Instant opening = Instant.parse("2026-03-01T15:00:00Z");
        assertThat(windows.nextOpening()).isEqualTo(opening);
        assertThat(windows.takeOpened(opening.minusSeconds(1))).isEmpty();
        assertThat(windows.takeOpened(opening)).isEqualTo(Set.of(new TenantId(1), new TenantId(2)));
        assertThat(windows.waiting()).isZero();
        assertThat(windows.takeOpened(opening)).isEmpty();
    }

    @Test
    void aCampaignMayIgnoreWindows() {
        assertThat(new CampaignWindows(false, CampaignWindowsTest::ofPlan)
                        .putOff(tenant(1).planId(NIGHTLY).build(), NOON))
                .isFalse();
    }
}
