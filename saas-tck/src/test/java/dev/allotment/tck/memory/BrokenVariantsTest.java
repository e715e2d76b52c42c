// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectNestedClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectNestedMethod;

import dev.allotment.tck.BackendContract;
import dev.allotment.tck.BackendFixture;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** The kit notices each of many defects of a backend. */
@Tag("slow")
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

    /** The memory backend is not durable, so the variants start from a fixture that is. */
    @Test
    void theTestsOfDurabilityPassWithoutADefect() {
        assertPass(StoredVariants::sound, "afterClosing", "afterKilling", "whatAKilledProcessWasChanging");
    }

    /** The memory backend cannot be changed from outside, so the variants start from a fixture that pretends it. */
    @Test
    void theTestsThatChangeTheStorageFromOutsidePassWithoutADefect() {
        assertPass(
                OutsideVariants::sound,
                BackendContract.Databases.class,
                BackendContract.Records.class,
                BackendContract.Schema.class);
    }

    private static void assertPass(Supplier<BackendFixture> sound, String... testsOfDurability) {
        BrokenKit.use(sound);
        for (String test : testsOfDurability) {
            TestExecutionSummary summary =
                    run(selectNestedMethod(List.of(BrokenKit.class), BackendContract.Durability.class, test));
            assertThat(summary.getTestsSucceededCount()).isPositive();
            assertThat(summary.getFailures()).isEmpty();
        }
    }

    /** So that a backend without an ability does not look as if it had been tested for it. */
    @Test
    void whatABackendLacksIsSkippedByName() {
        BrokenKit.use(() -> new HookedFixture(new TestHooks()));
        Set<String> skipped = new TreeSet<>();
        LAUNCHER.execute(
                LauncherDiscoveryRequestBuilder.request()
                        .selectors(selectNestedClass(List.of(BrokenKit.class), BackendContract.HostileReach.class))
                        .selectors(selectNestedClass(List.of(BrokenKit.class), BackendContract.RowQuotas.class))
                        .selectors(selectNestedClass(List.of(BrokenKit.class), BackendContract.Durability.class))
                        .build(),
                new TestExecutionListener() {
                    @Override
                    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                        assertThat(result.getStatus()).as(test.getDisplayName()).isNotEqualTo(Status.FAILED);
                        if (test.isTest()) {
                            assertThat(result.getStatus())
                                    .as(test.getDisplayName())
                                    .isEqualTo(Status.ABORTED);
                            skipped.add(test.getDisplayName());
                        }
                    }
                });
        assertThat(skipped)
                .contains(
                        "not tested without LOGINS",
                        "not tested without ROW_QUOTAS",
                        "not tested without ROW_QUOTAS and LOGINS with JDBC",
                        "not tested without DURABLE");
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
                        FencingVariants.all(),
                        TransferVariants.all(),
                        StoredVariants.all(),
                        OutsideVariants.all(),
                        RowQuotaVariants.all(),
                        RowQuotaVariants.more(),
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
