// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.quarkus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.CreateTenant;
import dev.allotment.Plan;
import dev.allotment.Saas;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.tenant.CurrentTenant;
import dev.allotment.tenant.TenantDataSources;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.transaction.NotSupportedException;
import jakarta.transaction.SystemException;
import jakarta.transaction.UserTransaction;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
final class NotesTest {
    @Inject
    Saas saas;

    @Inject
    TenantDataSources sources;

    @Inject
    Notes notes;

    @Inject
    UserTransaction transaction;

    private CurrentTenant current;
    private Tenant anna;
    private Tenant ben;

    @BeforeEach
    void signUp() {
        current = sources.currentTenant();
        anna = customer();
        ben = customer();
    }

    private Tenant customer() {
        String name = "c" + UUID.randomUUID();
        Plan plan = saas.plans().create(Plan.builder(name).build());
        User owner = saas.accounts()
                .signUp(SignUp.builder(name + "@example.com", name, "a password")
                        .build());
        return saas.tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).name(name).build())
                .tenant();
    }

    @Test
    void eachCustomerHasOtherNotes() {
        current.runAs(anna, () -> notes.add(List.of("apples", "plums")));
        current.runAs(ben, () -> notes.add(List.of("nails")));

        assertThat(current.callAs(anna, notes::all)).containsExactly("1: apples", "2: plums");
        assertThat(current.callAs(ben, notes::all)).containsExactly("1: nails");
        assertThat(sources.acquiredConnections()).isZero();
    }

    @Test
    void aFailureRollsBack() {
        current.runAs(
                anna, () -> assertThatIllegalArgumentException().isThrownBy(() -> notes.add(List.of("apples", ""))));

        assertThat(current.callAs(anna, notes::all)).isEmpty();
        assertThat(sources.acquiredConnections()).isZero();
    }

    @Test
    void severalCallsInOneTransactionUseOneConnection() {
        current.runAs(
                anna,
                () -> inTransaction(() -> {
                    notes.add(List.of("apples"));
                    assertThat(notes.all()).containsExactly("1: apples");
                    assertThat(sources.acquiredConnections()).isEqualTo(1);
                }));

        assertThat(current.callAs(anna, notes::all)).isEmpty();
        assertThat(sources.acquiredConnections()).isZero();
    }

    @Test
    void aTransactionWorksForOneTenant() {
        current.runAs(
                anna,
                () -> inTransaction(() -> {
                    notes.add(List.of("apples"));
                    assertThatIllegalStateException()
                            .isThrownBy(() -> current.runAs(ben, () -> notes.add(List.of("nails"))));
                }));

        assertThat(current.callAs(ben, notes::all)).isEmpty();
    }

    private void inTransaction(Runnable work) {
        try {
            transaction.begin();
            try {
                work.run();
            } finally {
                transaction.rollback();
            }
        } catch (NotSupportedException | SystemException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void withoutATenantThereAreNoNotes() {
        assertThatThrownBy(notes::all).hasStackTraceContaining("works for no tenant");
    }
}
