// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.Story;
import dev.allotment.core.Story.Request;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backup.StoredFile;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A call that changes something is answered in one of three ways: done; refused, with nothing left; or not known yet,
 * because it is done or undone later. A failure at any step must not turn one answer into another.
 */
@Execution(ExecutionMode.CONCURRENT)
final class ThreeAnswersTest {
    private static final String A_REFUSAL = "a refusal";

    /** What a database server may answer: a rule, such as a duplicate key, a defect, or nothing. */
    private static final Map<String, Supplier<RuntimeException>> FAILURES = new TreeMap<>(Map.of(
            A_REFUSAL,
            () -> SaasException.conflict(ErrorCodes.RECORD_DUPLICATE, "There is a record with the same key already."),
            "a defect",
            () -> SaasException.internal(ErrorCodes.BACKEND_FAILED, "unforeseen", null),
            "a broken rule",
            () -> SaasException.invalid(ErrorCodes.CONFIGURATION_INVALID, "It cannot be limited.")));

    /**
     * Stories that the maintenance acts in, which has no caller to be answered, that leave nothing, or that leave more
     * operations than the answer names.
     */
    private static final Set<Story> IN_BACKGROUND = EnumSet.of(
            Story.CREATE_LATER,
            Story.BUILD_SPARE,
            Story.NEXT_GENERATION,
            Story.DELETE_SPARE,
            Story.EXPIRE,
            Story.EXPIRE_PREVIEW,
            Story.REMOVE_EXPIRED,
            Story.REMOVE_RETAINED,
            Story.CONFIGURE_AFTER_A_BACKUP,
            Story.ENCRYPT_BACKUP_KEY,
            Story.DRILL_BACKUP,
            Story.ERASE_CUSTOMER);

    static Stream<Arguments> cases() {
        boolean all = Boolean.getBoolean("allotment.exhaustive");
        return Stream.of(Story.values())
                .filter(story -> all || !IN_BACKGROUND.contains(story) || story == Story.CREATE_LATER)
                .flatMap(story -> FAILURES.keySet().stream()
                        .filter(failure -> all || failure.equals(A_REFUSAL))
                        .map(failure -> Arguments.of(story, failure)));
    }

    static Stream<Arguments> some() {
        return Story.some().stream()
                .flatMap(story -> FAILURES.keySet().stream().map(failure -> Arguments.of(story, failure)));
    }

    @ParameterizedTest(name = "{0}, with {1} once")
    @MethodSource("cases")
    void areTrueIfAStepFailsOnce(Story story, String failure) {
        everywhere(story, failure, false);
    }

    @ParameterizedTest(name = "{0}, with {1} from then on")
    @MethodSource("some")
    void areTrueIfAllStepsFailFromThenOn(Story story, String failure) {
        everywhere(story, failure, true);
    }

    private static void everywhere(Story story, String failure, boolean lasting) {
        boolean failed = true;
        int refused = 0;
        int unknown = 0;
        for (int failing = 0; failed; failing++) {
            try (Fixture fixture = Story.fixture()) {
                Request request = story.begin(fixture);
                List<String> before = state(fixture, story);
                long ended = ended(fixture);
                AtomicInteger step = new AtomicInteger();
                AtomicInteger failures = new AtomicInteger();
                // If the answer of the catalog is lost, the node does not know whether the operation is on record.
                AtomicReference<String> firstFailed = new AtomicReference<>("");
                int first = failing;
                fixture.backend.watch(passed -> {
                    int now = step.getAndIncrement();
                    if (now == first || (lasting && now > first)) {
                        failures.incrementAndGet();
                        firstFailed.compareAndSet("", passed);
                        // A server that did something answers so, or its answer is lost. A reading meets no rule.
                        throw passed.startsWith("after ") || ended(fixture) > ended
                                ? SaasException.unavailable(ErrorCodes.BACKEND_UNAVAILABLE, "lost", null)
                                : FAILURES.get(failure).get();
                    }
                });
                RuntimeException answer = null;
                try {
                    request.act().accept(fixture.saas);
                } catch (RuntimeException e) {
                    answer = e;
                } finally {
                    fixture.backend.unwatch();
                }
                failed = failures.get() > 0;
                if (isRefusal(answer)) {
                    refused++;
                    assertThat(running(fixture))
                            .as("nothing is left to be done after: " + answer)
                            .isEmpty();
                    assertThat(state(fixture, story))
                            .as("nothing is left after: " + answer)
                            .containsExactlyInAnyOrderElementsOf(before);
                } else if (answer != null) {
                    unknown++;
                    if (!IN_BACKGROUND.contains(story) && !firstFailed.get().equals("after catalog")) {
                        assertThat(running(fixture))
                                .as("the answer names the operation that is left: " + answer)
                                .extracting(each -> String.valueOf(each.id().value()))
                                .isSubsetOf(operation(answer));
                    }
                }
                fixture.clock.advance(OperationLeases.LEASE);
                fixture.saas.operations().recover();
                if (answer == null && !IN_BACKGROUND.contains(story)) {
                    assertThat(state(fixture, story)).as("done means done").isNotEqualTo(before);
                }
                Consistency.check(fixture.storage);
                request.repeat().accept(fixture.saas);
                Consistency.check(fixture.storage);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("failed at step " + failing + ": " + e.getMessage(), e);
            }
        }
        if (!IN_BACKGROUND.contains(story)) {
            assertThat(refused + unknown).isPositive();
        }
    }

    private static List<StoredOperation> running(Fixture fixture) {
        return Consistency.all(fixture.storage, RecordTypes.OPERATIONS).stream()
                .filter(each -> each.state() == OperationState.RUNNING && !isForAll(each))
                .toList();
    }

    private static long ended(Fixture fixture) {
        return Consistency.all(fixture.storage, RecordTypes.OPERATIONS).stream()
                .filter(each -> each.state() == OperationState.DONE && !isForAll(each))
                .count();
    }

    /** Another copy of a template is built for every tenant that will need it, not only for the caller's. */
    private static boolean isForAll(StoredOperation operation) {
        return operation.startedBy().equals("host")
                && operation.kind() == OperationKind.BUILD_TEMPLATE
                && !operation.input().containsKey("plan");
    }

    private static List<String> operation(RuntimeException answer) {
        return answer instanceof SaasException known && known.details().containsKey("operation")
                ? List.of(known.details().get("operation"))
                : List.of();
    }

    private static boolean isRefusal(RuntimeException answer) {
        return answer instanceof SaasException known
                && !known.retryable()
                && known.category() != ErrorCategory.UNAVAILABLE
                && known.category() != ErrorCategory.INTERNAL;
    }

    /** Stories that use up a spare, or start another copy of a template, which are there for all callers. */
    private static final Set<Story> USING_STOCK =
            EnumSet.of(Story.CREATE_FROM_SPARE, Story.CREATE_WHERE_THE_TEMPLATE_IS_MISSING);

    /** What a caller could find: records, names, databases, and whether they are open. */
    private static List<String> state(Fixture fixture, Story story) {
        List<String> state = new ArrayList<>();
        Consistency.all(fixture.storage, RecordTypes.TENANTS)
                .forEach(each -> state.add(each.toBuilder()
                        .nextSyncAt(null)
                        .nextCheckAt(null)
                        .syncedAt(null)
                        // It never goes back, so that nothing that was read in between is taken for the present.
                        .replacements(0)
                        .build()
                        .toString()));
        Consistency.all(fixture.storage, RecordTypes.TEMPLATES).forEach(each -> state.add(each.toString()));
        Consistency.all(fixture.storage, RecordTypes.SPARES).forEach(each -> state.add(each.toString()));
        Consistency.all(fixture.storage, RecordTypes.RESERVED_NAMES)
                .forEach(each -> state.add(each.name() + " of " + each.holder()));
        fixture.saas
                .servers()
                .list(Query.all())
                .forEach(server -> fixture.storage
                        .databases(server)
                        .list()
                        .forEach(database -> state.add(database + " "
                                + (server.id().value() == 1 && fixture.storage.isOpen(database.name())))));
        fixture.backups.list("").stream()
                .map(StoredFile::name)
                .filter(name -> name.endsWith(".json"))
                .forEach(state::add);
        if (USING_STOCK.contains(story)) {
            state.removeIf(each -> each.contains("template-") || each.contains("spare-"));
        }
        return state;
    }
}
