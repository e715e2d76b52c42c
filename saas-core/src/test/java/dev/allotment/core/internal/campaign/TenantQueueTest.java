// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ServerId;
import dev.allotment.TenantId;
import dev.allotment.spi.backend.StoredTenant;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class TenantQueueTest {
    private final SortedSet<Long> stored = new TreeSet<>(Set.of(1L, 2L, 3L, 4L, 5L));
    private final TenantQueue queue =
            new TenantQueue(this::page, tenant -> stored.contains(tenant.id().value()));

    private List<StoredTenant> page(TenantId last) {
        return stored.tailSet(last.value() + 1).stream()
                .limit(2)
                .map(TenantQueueTest::tenant)
                .toList();
    }

    /** Tenants with an even number are on server 2, the others on server 1. */
    private static StoredTenant tenant(long id) {
        return StoredTenant.builder(new UUID(1, id), "tenant-" + id, new ServerId(id % 2 == 0 ? 2 : 1))
                .id(new TenantId(id))
                .build();
    }

    private long next() {
        return queue.take(tenant -> true).map(each -> each.id().value()).orElse(0L);
    }

    @Test
    void takesEachTenantOnceInTheOrderOfTheNumbers() {
        assertThat(List.of(next(), next(), next(), next(), next(), next())).containsExactly(1L, 2L, 3L, 4L, 5L, 0L);
    }

    @Test
    void findsTenantsThatAppearBehindThePass() {
        stored.remove(1L);
        assertThat(List.of(next(), next())).containsExactly(2L, 3L);
        stored.add(1L);
        assertThat(List.of(next(), next(), next(), next())).containsExactly(4L, 5L, 1L, 0L);
    }

    @Test
    void doesNotLookAgainAfterAPassWithoutAny() {
        stored.clear();
        assertThat(next()).isZero();
        stored.add(7L);
        assertThat(next()).isZero();
        queue.lookAgain();
        assertThat(next()).isEqualTo(7);
    }

    @Test
    void theLastTenantHasTheCatalogReadAgain() {
        stored.clear();
        assertThat(next()).isZero();
        stored.add(7L);
        queue.tried(true);
        assertThat(next()).as("others are being changed").isZero();
        queue.tried(false);
        assertThat(next()).isEqualTo(7);
    }

    @Test
    void keepsTenantsWithoutAPlaceInOrder() {
        ServerId full = new ServerId(1);
        assertThat(queue.take(tenant -> !tenant.serverId().equals(full)))
                .get()
                .extracting(each -> each.id().value())
                .isEqualTo(2L);
        assertThat(List.of(next(), next())).containsExactly(1L, 3L);
    }

    @Test
    void triesSkippedTenantsInTheNextRound() {
        StoredTenant skipped = queue.take(tenant -> true).orElseThrow();
        queue.skip(skipped);
        assertThat(List.of(next(), next(), next(), next(), next())).containsExactly(2L, 3L, 4L, 5L, 0L);
        assertThat(queue.hasSkipped()).isTrue();
        queue.retrySkipped();
        assertThat(queue.hasSkipped()).isFalse();
        assertThat(List.of(next(), next())).containsExactly(1L, 0L);
    }

    @Test
    void leavesOutWhatWasTried() {
        queue.leaveOut(Set.of(new TenantId(1), new TenantId(4)));
        assertThat(List.of(next(), next(), next(), next())).containsExactly(2L, 3L, 5L, 0L);
    }

    @Test
    void readsTenantsAgainAlsoIfThePassIsPastThem() {
        assertThat(List.of(next(), next(), next(), next(), next(), next())).containsExactly(1L, 2L, 3L, 4L, 5L, 0L);
        queue.readAgain(Set.of(new TenantId(2), new TenantId(5)));
        assertThat(List.of(next(), next(), next())).containsExactly(2L, 5L, 0L);
        queue.forget(new TenantId(3));
        queue.lookAgain();
        assertThat(List.of(next(), next())).containsExactly(3L, 0L);
    }
}
