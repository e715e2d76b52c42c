// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.team;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Filter;
import dev.allotment.Needs;
import dev.allotment.NewUser;
import dev.allotment.OperationId;
import dev.allotment.Permission;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.Role;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.SignUp;
import dev.allotment.SuspendTenant;
import dev.allotment.SwitchPlan;
import dev.allotment.TeamRole;
import dev.allotment.TenantId;
import dev.allotment.User;
import dev.allotment.core.Fixture;
import dev.allotment.fleet.RepairRequest;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A role may call what is marked with {@link Needs} and its permissions, of each interface of use cases. */
final class TeamRightsTest {
    private final Fixture fixture = new Fixture();
    private final User owner = fixture.signUp("owner@example.com");

    @AfterEach
    void close() {
        fixture.close();
    }

    private static final Map<Class<?>, Object> ARGUMENTS = Map.ofEntries(
            Map.entry(long.class, 1L),
            Map.entry(Long.class, 1L),
            Map.entry(int.class, 1),
            Map.entry(boolean.class, false),
            Map.entry(String.class, "x"),
            Map.entry(List.class, List.of()),
            Map.entry(Path.class, Path.of("x")),
            Map.entry(Duration.class, Duration.ZERO),
            Map.entry(LocalDate.class, LocalDate.EPOCH),
            Map.entry(UnaryOperator.class, UnaryOperator.identity()),
            Map.entry(Query.class, Query.all()),
            Map.entry(Filter.class, Filter.all()),
            Map.entry(TenantId.class, new TenantId(1)),
            Map.entry(PlanId.class, new PlanId(1)),
            Map.entry(OperationId.class, new OperationId(1)),
            Map.entry(SignUp.class, SignUp.builder("x@example.com", "X", "x").build()),
            Map.entry(Role.class, Role.ADMINISTRATOR),
            Map.entry(
                    RepairRequest.class,
                    RepairRequest.builder().server(new ServerId(1)).build()),
            Map.entry(
                    SuspendTenant.class,
                    SuspendTenant.builder(new TenantId(1)).reason("x").build()),
            Map.entry(
                    SwitchPlan.class,
                    SwitchPlan.builder(new TenantId(1), new PlanId(1)).build()));

    /** A method as callers see it, and the use cases to call it on. */
    private record Call(Class<?> api, Method method, Object useCases) {
        @Nullable
        Needs mark() {
            return method.getDeclaringClass() == api
                    ? method.getAnnotation(Needs.class)
                    : api.getAnnotation(Needs.class);
        }

        boolean needs(Permission permission) {
            Needs mark = mark();
            return mark != null && List.of(mark.value()).contains(permission);
        }

        /** Empty: it returned. The arguments are empty: what gets past the door may fail. */
        Optional<Throwable> failure() {
            Object[] arguments = Arrays.stream(method.getParameterTypes())
                    .map(Call::argument)
                    .toArray();
            try {
                method.invoke(useCases, arguments);
                return Optional.empty();
            } catch (InvocationTargetException e) {
                return Optional.of(e.getCause());
            } catch (IllegalAccessException e) {
                throw new AssertionError(toString(), e);
            }
        }

        private static @Nullable Object argument(Class<?> type) {
            return ARGUMENTS.get(type);
        }

        @Override
        public String toString() {
            return api.getSimpleName() + "#" + method.getName()
                    + Arrays.stream(method.getParameterTypes())
                            .map(Class::getSimpleName)
                            .toList();
        }
    }

    private static List<Call> calls(Saas view) {
        List<Call> calls = new ArrayList<>();
        for (Method returning : Saas.class.getMethods()) {
            Class<?> api = returning.getReturnType();
            if (returning.getParameterCount() == 0
                    && api.isInterface()
                    && api.getPackageName().startsWith(Saas.class.getPackageName())) {
                try {
                    Object useCases = returning.invoke(view);
                    Arrays.stream(api.getMethods())
                            .filter(each -> !Modifier.isStatic(each.getModifiers()))
                            .forEach(each -> calls.add(new Call(api, each, useCases)));
                } catch (ReflectiveOperationException e) {
                    throw new LinkageError(api.getName(), e);
                }
            }
        }
        assertThat(calls).hasSizeGreaterThan(150);
        return calls;
    }

    private Saas acting(TeamRole role) {
        NewUser member = NewUser.builder("team-" + role + "@example.com", "Someone")
                .customerId(owner.customerId())
                .teamRole(role)
                .build();
        return fixture.saas.actingAs(fixture.saas.accounts().create(member).id());
    }

    private static boolean isRefused(Call call) {
        return call.failure()
                .filter(each -> each instanceof SaasException refusal
                        && refusal.code().equals("access.not-allowed")
                        && String.valueOf(refusal.getMessage()).contains("it needs the permission"))
                .isPresent();
    }

    @ParameterizedTest
    @EnumSource(TeamRole.class)
    void aRoleMayCallWhatItsPermissionsAreEnoughFor(TeamRole role) {
        Set<String> refused = new TreeSet<>();
        Set<String> lacking = new TreeSet<>();
        for (Call call : calls(acting(role))) {
            Needs mark = call.mark();
            if (mark != null && !role.permissions().containsAll(List.of(mark.value()))) {
                lacking.add(call.toString());
            }
            // An owner must not leave, which would take the rights from the calls after it.
            if (!call.toString().equals("Teams#leave[]") && isRefused(call)) {
                refused.add(call.toString());
            }
        }

        assertThat(refused).isEqualTo(lacking);
        assertThat(lacking.isEmpty()).isEqualTo(role == TeamRole.OWNER);
    }

    @Test
    void eachPermissionIsNeededForSomething() {
        List<Call> calls = calls(acting(TeamRole.READER));
        for (Permission permission : Permission.values()) {
            assertThat(calls).as(permission.name()).anyMatch(each -> each.needs(permission));
        }
    }

    /** Without a mark a use case gets no rights of the team, and has to refuse the account itself. */
    @Test
    void whatIsNotMarkedRefusesEvenAnOwner() {
        Set<String> open = new TreeSet<>();
        for (Call call : calls(fixture.saas.actingAs(owner.id()))) {
            if (call.mark() == null) {
                call.failure()
                        .filter(each -> each instanceof SaasException refusal
                                && Set.of("access.not-allowed", "record.missing")
                                        .contains(refusal.code()))
                        .ifPresentOrElse(each -> {}, () -> open.add(call + " " + call.failure()));
            }
        }

        assertThat(open).isEmpty();
    }

    @Test
    void anAccountWithoutATeamMayCallWhatNeedsNoPermission() {
        User other = fixture.saas
                .accounts()
                .create(NewUser.builder("other@example.com", "Other")
                        .customerId(owner.customerId())
                        .build());
        Saas view = fixture.saas.actingAs(other.id());
        view.teams().leave();

        for (Call call : calls(view)) {
            Needs mark = call.mark();
            if (mark != null) {
                assertThat(isRefused(call)).as(call.toString()).isEqualTo(mark.value().length > 0);
            }
        }
        assertThat(view.accounts().get(other.id()).login()).isEqualTo("other@example.com");
    }
}
