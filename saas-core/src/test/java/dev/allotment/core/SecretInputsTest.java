// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Tenant;
import dev.allotment.core.internal.addon.AddonRegistry;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.operation.StartedOperation;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class SecretInputsTest {
    private final Fixture fixture = new Fixture();
    private final CoreWiring core = wiring(fixture);

    private static CoreWiring wiring(Fixture fixture) {
        return new CoreWiring(Fixture.defaults(), fixture.storage, new AddonRegistry(List.of()));
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    static Stream<OperationKind> withSecrets() {
        try (Fixture fixture = new Fixture()) {
            CoreWiring core = wiring(fixture);
            return Arrays.stream(OperationKind.values())
                    .filter(kind -> !secretInputs(core, kind).isEmpty())
                    .toList()
                    .stream();
        }
    }

    private static Set<String> secretInputs(CoreWiring core, OperationKind kind) {
        return core.operations
                .registry()
                .find(core.operations.engine().draft(kind, Actor.HOST).build())
                .map(Saga::secretInputs)
                .orElse(Set.of());
    }

    /** A saga that has the secrets of another one and no steps. */
    private record Idle(Set<String> secretInputs, boolean fails) implements Saga.Stateless {
        @Override
        public List<Step<Nothing>> steps() {
            return List.of(Step.of("idle", operation -> {
                if (fails) {
                    throw new IllegalStateException("provoked");
                }
            }));
        }

        @Override
        public String describeLeftovers(Transaction tx, StoredOperation operation) {
            return "";
        }
    }

    private StoredOperation started(OperationKind kind) {
        Map<String, String> input = new HashMap<>(Map.of("harmless", "stays"));
        secretInputs(core, kind).forEach(key -> input.put(key, "secret"));
        StoredOperation.Builder draft =
                core.operations.engine().draft(kind, Actor.HOST).input(input);
        return fixture.storage.catalog().transact(tx -> OperationLeases.start(tx, draft.build()));
    }

    @ParameterizedTest
    @MethodSource("withSecrets")
    void areGoneAfterTheOperationHasFinished(OperationKind kind) {
        StoredOperation operation = started(kind);

        core.operations.engine().run(new StartedOperation<>(operation, new Idle(secretInputs(core, kind), false)));

        assertThat(fixture.row(operation.id()).state()).isEqualTo(OperationState.DONE);
        assertThat(fixture.row(operation.id()).input()).containsOnlyKeys("harmless");
    }

    @ParameterizedTest
    @MethodSource("withSecrets")
    void areGoneAfterTheOperationHasFailed(OperationKind kind) {
        StoredOperation operation = started(kind);

        assertThatThrownBy(() -> core.operations
                        .engine()
                        .run(new StartedOperation<>(operation, new Idle(secretInputs(core, kind), true))))
                .hasMessage("provoked");

        assertThat(fixture.row(operation.id()).state()).isEqualTo(OperationState.FAILED);
        assertThat(fixture.row(operation.id()).input()).containsOnlyKeys("harmless", "failure", "failureCode");
    }

    @ParameterizedTest
    @MethodSource("withSecrets")
    void areNotShownWhileTheOperationRuns(OperationKind kind) {
        StoredOperation operation = started(kind);

        assertThat(fixture.saas.operations().get(operation.id()).toString()).doesNotContain("secret");
        assertThat(Operation.class.getRecordComponents())
                .extracting(RecordComponent::getName)
                .doesNotContain("input", "fingerprint", "fencingToken", "leaseUntil");
    }

    @Test
    void includeTheAdministratorsPasswordOfANewTenant() {
        Operation operation = fixture.saas
                .async()
                .create(CreateTenant.outsidePlans(
                                "shop.example.com", new CreateTenant.Administrator("root", "a secret"))
                        .build());
        assertThat(fixture.row(operation.id()).input()).containsKey("adminHash");

        fixture.saas.operations().recover();

        assertThat(fixture.row(operation.id()).state()).isEqualTo(OperationState.DONE);
        assertThat(fixture.row(operation.id()).input()).doesNotContainKey("adminHash");
    }

    @Test
    void includeTheRequestOfAConfigurationChange() {
        Tenant shop = fixture.tenant();
        Operation operation = fixture.saas
                .async()
                .configure(
                        shop.id(),
                        ConfigurationChange.builder()
                                .hiddenParameter("key", "a secret")
                                .build());
        assertThat(fixture.row(operation.id()).input()).containsKey("request");

        fixture.saas.operations().recover();

        assertThat(fixture.row(operation.id()).state()).isEqualTo(OperationState.DONE);
        assertThat(fixture.row(operation.id()).toString()).doesNotContain("a secret");
    }
}
