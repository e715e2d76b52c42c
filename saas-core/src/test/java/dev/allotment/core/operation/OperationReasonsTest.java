// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.CreateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.core.Fixture;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Administrators see why an operation failed. */
final class OperationReasonsTest {
    private static final String REASON = "It does not answer.";

    private final Fixture fixture = new Fixture();
    private final User owner = fixture.signUp("owner@example.com");
    private final Plan plan = fixture.plan();

    @AfterEach
    void close() {
        fixture.backend.unwatch();
        fixture.close();
    }

    private void failOnce(String step) {
        fixture.backend.once(step, () -> {
            throw SaasException.unavailable(ErrorCodes.BACKEND_UNAVAILABLE, REASON, null);
        });
    }

    private static Operation newest(Saas saas) {
        return saas.operations()
                .list(Query.where(Filter.<Operation>all())
                        .orderByDescending(Operation.ID)
                        .page(0, 1))
                .get(0);
    }

    @Test
    void ofAnOperationThatWasUndone() {
        failOnce("before create");
        assertThatThrownBy(() -> fixture.saas
                        .tenants()
                        .create(CreateTenant.onPlan(plan).owner(owner).build()))
                .isInstanceOf(SaasException.class);

        assertThat(newest(fixture.saas))
                .returns(OperationState.FAILED, Operation::state)
                .returns(ErrorCodes.BACKEND_UNAVAILABLE, Operation::errorCode)
                .returns("Database server \"default\": " + REASON, Operation::errorMessage);
    }

    @Test
    void ofAnOperationThatIsTriedAgain() {
        Tenant tenant = fixture.saas
                .tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).build())
                .tenant();
        failOnce("before drop");
        assertThatThrownBy(() -> fixture.saas.tenants().purge(tenant.id())).isInstanceOf(SaasException.class);

        assertThat(newest(fixture.saas))
                .returns(OperationState.RUNNING, Operation::state)
                .returns(1, Operation::attempts)
                .returns(ErrorCodes.BACKEND_UNAVAILABLE, Operation::errorCode)
                .returns("Database server \"default\": " + REASON, Operation::errorMessage);

        fixture.saas.maintenance().run();
        assertThat(newest(fixture.saas))
                .as("it waits for its next attempt")
                .returns(OperationState.RUNNING, Operation::state);
        assertThatThrownBy(() -> fixture.saas
                        .actingAs(owner.id())
                        .operations()
                        .retry(newest(fixture.saas).id()))
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED));
        fixture.saas.operations().retry(newest(fixture.saas).id());
        fixture.saas.maintenance().run();
        assertThat(newest(fixture.saas))
                .returns(OperationState.DONE, Operation::state)
                .returns(null, Operation::errorMessage);
    }

    @Test
    void anOperationThatANodeWorksOnIsNotChangedByARetry() {
        Tenant tenant = fixture.saas
                .tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).build())
                .tenant();
        failOnce("before drop");
        assertThatThrownBy(() -> fixture.saas.tenants().purge(tenant.id())).isInstanceOf(SaasException.class);
        List<Operation> retried = new ArrayList<>();
        fixture.backend.once(
                "before drop",
                () -> retried.add(
                        fixture.saas.operations().retry(newest(fixture.saas).id())));

        fixture.saas.operations().recover();

        assertThat(retried).singleElement().returns(1, Operation::attempts);
        assertThat(newest(fixture.saas)).returns(OperationState.DONE, Operation::state);
    }

    @Test
    void ofAnOperationThatIsTriedAgainByAll() {
        Tenant tenant = fixture.saas
                .tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).build())
                .tenant();
        failOnce("before drop");
        assertThatThrownBy(() -> fixture.saas.tenants().purge(tenant.id())).isInstanceOf(SaasException.class);

        fixture.saas.operations().recover();
        assertThat(newest(fixture.saas))
                .returns(OperationState.DONE, Operation::state)
                .returns(null, Operation::errorMessage);
    }
}
