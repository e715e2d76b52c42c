// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ServerId;
import dev.allotment.Tenant;
import dev.allotment.tenant.pool.ConnectionAllocator.Allocation;
import dev.allotment.tenant.pool.ConnectionAllocator.Eviction;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ConnectionAllocatorTest {
    private static final ServerId ONE = new ServerId(1);
    private static final ServerId OTHER = new ServerId(2);

    private final AtomicLong nanos = new AtomicLong();

    private static PoolUser tenant(String name, ServerId server) {
        return PoolUser.of(
                Tenant.builder(new UUID(1, name.hashCode()), name, server).build());
    }

    private static PoolUser tenant(String name) {
        return tenant(name, ONE);
    }

    private ConnectionAllocator<String> allocator(int max, int maxPerServer, int maxPerTenant) {
        return new ConnectionAllocator<>(
                max,
                maxPerServer,
                maxPerTenant,
                nanos::get,
                user -> user.tenant().name());
    }

    private static Allocation<String> acquire(ConnectionAllocator<String> allocator, PoolUser tenant) {
        return Objects.requireNonNull(allocator.acquire(tenant));
    }

    @Test
    void refusesMoreThanTheLimitOfATenant() {
        ConnectionAllocator<String> allocator = allocator(10, 10, 2);
        Allocation<String> first = acquire(allocator, tenant("a"));
        assertThat(acquire(allocator, tenant("a"))).isSameAs(first);

        assertThat(allocator.acquire(tenant("a"))).isNull();
        assertThat(allocator.evictionCandidate(tenant("a"))).isNull();
        allocator.release(first);
        assertThat(allocator.acquire(tenant("a"))).isSameAs(first);
        assertThat(allocator.reserved()).isEqualTo(2);
    }

    @Test
    void refusesMoreThanTheLimitOfAServer() {
        ConnectionAllocator<String> allocator = allocator(10, 1, 2);
        acquire(allocator, tenant("a", ONE));

        assertThat(allocator.acquire(tenant("b", ONE))).isNull();
        assertThat(allocator.acquire(tenant("c", OTHER))).isNotNull();
        assertThat(allocator.reservedOn(ONE)).isOne();
    }

    @Test
    void evictsTheLeastRecentlyUsedPoolThatIsNotInUse() {
        ConnectionAllocator<String> allocator = allocator(3, 3, 1);
        acquire(allocator, tenant("in use"));
        allocator.release(acquire(allocator, tenant("old")));
        allocator.release(acquire(allocator, tenant("new")));

        assertThat(allocator.acquire(tenant("next"))).isNull();
        Eviction<String> eviction = Objects.requireNonNull(allocator.evictionCandidate(tenant("next")));
        assertThat(eviction.allocation().pool()).isEqualTo("old");
        assertThat(eviction.wholePool()).isTrue();
        assertThat(allocator.acquire(tenant("old"))).describedAs("being closed").isNull();
        assertThat(allocator.acquire(tenant("next")))
                .describedAs("not closed yet")
                .isNull();
        allocator.evicted(eviction);
        assertThat(allocator.acquire(tenant("next"))).isNotNull();
        assertThat(allocator.reserved()).isEqualTo(3);
    }

    @Test
    void evictsOneSpareConnectionIfEveryPoolIsInUse() {
        ConnectionAllocator<String> allocator = allocator(2, 2, 2);
        Allocation<String> greedy = acquire(allocator, tenant("greedy"));
        acquire(allocator, tenant("greedy"));
        assertThat(allocator.evictionCandidate(tenant("next"))).isNull();
        allocator.release(greedy);

        Eviction<String> eviction = Objects.requireNonNull(allocator.evictionCandidate(tenant("next")));
        assertThat(eviction.wholePool()).isFalse();
        assertThat(greedy.reserved()).isOne();
        assertThat(allocator.acquire(tenant("greedy"))).describedAs("withdrawn").isNull();
        allocator.evicted(eviction);
        assertThat(allocator.acquire(tenant("next"))).isNotNull();
        assertThat(allocator.acquired()).isEqualTo(2);
    }

    @Test
    void evictsOnTheFullServerOnly() {
        ConnectionAllocator<String> allocator = allocator(10, 1, 1);
        allocator.release(acquire(allocator, tenant("elsewhere", OTHER)));
        allocator.release(acquire(allocator, tenant("here", ONE)));

        Eviction<String> eviction = Objects.requireNonNull(allocator.evictionCandidate(tenant("next", ONE)));
        assertThat(eviction.allocation().pool()).isEqualTo("here");
    }

    @Test
    void namesIdlePoolsOnce() {
        ConnectionAllocator<String> allocator = allocator(10, 10, 1);
        allocator.release(acquire(allocator, tenant("idle")));
        acquire(allocator, tenant("in use"));
        nanos.set(100);
        allocator.release(acquire(allocator, tenant("fresh")));

        assertThat(allocator.idleSince(50))
                .singleElement()
                .satisfies(each -> assertThat(each.allocation().pool()).isEqualTo("idle"));
        assertThat(allocator.idleSince(50)).isEmpty();
    }

    @Test
    void givesARenamedTenantANewPool() {
        ConnectionAllocator<String> allocator = allocator(10, 10, 1);
        PoolUser user = tenant("a");
        Allocation<String> before = acquire(allocator, user);

        assertThat(acquire(
                        allocator,
                        PoolUser.of(user.tenant().toBuilder().name("b").build())))
                .isNotSameAs(before);
        assertThat(allocator.pools()).isEqualTo(2);
        assertThat(allocator.clear()).containsExactly("a", "b");
    }

    @Test
    void givesASessionThatLooksItsOwnPool() {
        ConnectionAllocator<String> allocator = allocator(10, 10, 1);
        PoolUser application = tenant("a");
        PoolUser first = new PoolUser(application.tenant(), new Looking(1, "secret"));
        PoolUser second = new PoolUser(application.tenant(), new Looking(2, "secret"));

        Allocation<String> pool = acquire(allocator, application);

        assertThat(acquire(allocator, first)).isNotSameAs(pool);
        assertThat(acquire(allocator, second)).isNotSameAs(pool);
        assertThat(allocator.acquire(first)).as("over its limit").isNull();
        assertThat(allocator.pools()).isEqualTo(3);
        assertThat(first.toString()).doesNotContain("secret");
    }
}
