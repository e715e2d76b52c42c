// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectNestedClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectNestedMethod;

import dev.allotment.tck.BackendContract;
import dev.allotment.tck.BackendFixture;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** The kit notices each of many defects of a backend. */
class BrokenVariantsTest {
    private static final Launcher LAUNCHER = LauncherFactory.create();

    @TestFactory
    Stream<DynamicTest> theKitNoticesDefects() {
        return variants()
                .map(variant -> DynamicTest.dynamicTest(
                        "a backend that " + variant.what() + ": "
                                + variant.contract().getSimpleName() + "." + variant.test(),
                        () -> {
                            TestExecutionSummary summary = run(variant, variant.fixture());
                            assertThat(summary.getTestsFoundCount()).isPositive();
                            assertThat(summary.getTestsFailedCount())
                                    .as("failures of %s", variant.test())
                                    .isPositive();
                        }));
    }

    /** Otherwise the variants could fail because of the test code, and not because of their defects. */
    @Test
    void theWholeKitPassesWithoutADefect() {
        BrokenKit.use(() -> new HookedFixture(new TestHooks()));
        TestExecutionSummary summary = run(selectClass(BrokenKit.class));
        assertThat(summary.getTestsSucceededCount()).isGreaterThan(300);
        assertThat(summary.getFailures()).isEmpty();
    }

    /** The memory backend is not shared, so the variants start from a fixture that is. */
    @Test
    void theTestsOfSharingPassWithoutADefect() {
        assertPass(
                SharingVariants::sound,
                BackendContract.Capabilities.class,
                BackendContract.Configure.class,
                BackendContract.Databases.class);
    }

    /** The memory backend does not enforce row quotas, so the variants start from a fixture that does. */
    @Test
    void theTestsOfRowQuotasPassWithoutADefect() {
        assertPass(
                RowQuotaVariants::sound,
                BackendContract.Capabilities.class,
                BackendContract.Configure.class,
                BackendContract.RowQuotas.class,
                BackendContract.Transfer.class);
    }

    private static void assertPass(Supplier<BackendFixture> sound, Class<?>... contracts) {
        BrokenKit.use(sound);
        for (Class<?> contract : contracts) {
            TestExecutionSummary summary = run(selectNestedClass(List.of(BrokenKit.class), contract));
            assertThat(summary.getTestsSucceededCount()).isPositive();
            assertThat(summary.getFailures()).isEmpty();
        }
    }

    @Test
    void testsThatShareAStorageGetANewOneAfterAFailure() {
        AtomicInteger storages = new AtomicInteger();
        Variant orders = QueryVariants.all().stream()
                .filter(variant -> variant.what().equals("orders by UTF-16"))
                .findFirst()
                .orElseThrow();
        BrokenKit.use(() -> {
            storages.incrementAndGet();
            return orders.fixture().get();
        });
        TestExecutionSummary summary = run(selectNestedClass(List.of(BrokenKit.class), orders.contract()));

        assertThat(summary.getTestsFailedCount()).isPositive();
        assertThat(summary.getTestsSucceededCount()).isGreaterThan(10);
        // If the last test is the one that failed, no further storage is needed.
        assertThat((long) storages.get()).isBetween(summary.getTestsFailedCount(), summary.getTestsFailedCount() + 1);
    }

    private static Stream<Variant> variants() {
        return Stream.of(
                        RecordVariants.all(),
                        QueryVariants.all(),
                        QueryVariants.sets(),
                        TransactionVariants.all(),
                        DatabaseVariants.all(),
                        RowQuotaVariants.all(),
                        SharingVariants.all(),
                        ScriptVariants.all(),
                        BackendVariants.all())
                .flatMap(List::stream);
    }

    private static TestExecutionSummary run(Variant variant, Supplier<BackendFixture> fixture) {
        BrokenKit.use(fixture);
        return run(selectNestedMethod(List.of(BrokenKit.class), variant.contract(), variant.test()));
    }

    private static TestExecutionSummary run(DiscoverySelector selector) {
        LauncherDiscoveryRequest request =
                LauncherDiscoveryRequestBuilder.request().selectors(selector).build();
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LAUNCHER.execute(request, listener);
        return listener.getSummary();
    }
}
