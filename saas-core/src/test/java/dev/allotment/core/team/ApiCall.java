// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.team;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.AllowedFor;
import dev.allotment.Filter;
import dev.allotment.Needs;
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
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A method of the API as callers see it, and the use cases to call it on. */
record ApiCall(Class<?> api, Method method, Object useCases) {
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

    /** All methods of all use cases of a view. */
    static List<ApiCall> of(Saas view) {
        List<ApiCall> calls = new ArrayList<>();
        for (Method returning : Saas.class.getMethods()) {
            Class<?> api = returning.getReturnType();
            if (returning.getParameterCount() == 0
                    && api.isInterface()
                    && api.getPackageName().startsWith(Saas.class.getPackageName())) {
                try {
                    Object useCases = returning.invoke(view);
                    Arrays.stream(api.getMethods())
                            .filter(each -> !Modifier.isStatic(each.getModifiers()))
                            .forEach(each -> calls.add(new ApiCall(api, each, useCases)));
                } catch (ReflectiveOperationException e) {
                    throw new LinkageError(api.getName(), e);
                }
            }
        }
        assertThat(calls).hasSizeGreaterThan(150);
        return calls;
    }

    private @Nullable Needs mark() {
        return method.getDeclaringClass() == api ? method.getAnnotation(Needs.class) : api.getAnnotation(Needs.class);
    }

    @Nullable
    AllowedFor allowedFor() {
        return method.getDeclaringClass() == api
                ? method.getAnnotation(AllowedFor.class)
                : api.getAnnotation(AllowedFor.class);
    }

    /** What the role of a portal account needs; empty: it is not for portal accounts. */
    Optional<Set<Permission>> ofTeam() {
        return Optional.ofNullable(mark())
                .map(each -> Set.of(each.value()))
                .filter(TeamRole.OWNER.permissions()::containsAll);
    }

    /** What the role of an operator needs; empty: it is for administrators only. */
    Optional<Set<Permission>> ofOperator() {
        return Optional.ofNullable(mark())
                .map(each -> Set.of(each.operators().length > 0 ? each.operators() : each.value()));
    }

    /** Empty: it returned. The arguments are empty: what gets past the door may fail. */
    Optional<Throwable> failure() {
        Object[] arguments =
                Arrays.stream(method.getParameterTypes()).map(ApiCall::argument).toArray();
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

    /** Whether the door refuses the call because of the role. */
    boolean isRefused() {
        return failure()
                .filter(each -> each instanceof SaasException refusal
                        && refusal.code().equals("access.not-allowed")
                        && String.valueOf(refusal.getMessage()).contains("it needs the "))
                .isPresent();
    }
}
