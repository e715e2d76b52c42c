// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.authentication;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.AllowedFor;
import dev.allotment.AllowedFor.Keys;
import dev.allotment.CreateTenant;
import dev.allotment.Lookup;
import dev.allotment.MainRecords;
import dev.allotment.Plan;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.access.ApiKeyHolder;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.NewApiKey;
import dev.allotment.access.TenantDatabase;
import dev.allotment.core.Fixture;
import dev.allotment.core.internal.base.ScopedCalls;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A limited key may call what is marked with {@link AllowedFor}, and nothing else of any interface of use cases. */
class ApiKeyRightsTest {
    private final Fixture fixture = new Fixture();
    private final User administrator = fixture.administrator("boss@example.com");
    private final User owner = fixture.signUp("owner@example.com");
    private final Plan plan = fixture.plan(Plan.builder("One").dbNameTemplate("one%i"));

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void aReadOnlyKeyMayCallWhatIsMarked() {
        Tenant tenant = fixture.saas
                .tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).build())
                .tenant();
        Saas view = acting(ApiKeyScope.READ_ONLY);

        Set<String> callable = assertExactlyTheMarked(Keys.READ_ONLY, viewsOf(Saas.class, view));
        callable.addAll(
                assertExactlyTheMarked(Keys.READ_ONLY, viewsOf(TenantDatabase.class, view.database(tenant.name()))));

        assertThat(callable)
                .contains(
                        "Tenants#list(Query)",
                        "Maintenance#backlogs()",
                        "Events#get(Object)",
                        "Members#groups(MemberId)")
                .doesNotContain("Tenants#delete(TenantId)", "Maintenance#run()", "Members#create(NewMember)");
    }

    @Test
    void aKeyOfOnePlanOrCustomerMayCallWhatIsMarked() {
        for (ApiKeyScope scope : List.of(ApiKeyScope.ofPlan(plan.id()), ApiKeyScope.ofCustomer(owner.customerId()))) {
            assertThat(assertExactlyTheMarked(Keys.TENANTS, viewsOf(Saas.class, acting(scope))))
                    .contains("Tenants#list(Query)", "Tenants#delete(TenantId)")
                    .doesNotContain("Events#get(Object)", "Maintenance#backlogs()", "Tenants#databaseNames()");
        }
    }

    @Test
    void recordsInATransactionAreLimitedAlike() {
        acting(ApiKeyScope.READ_ONLY)
                .inTransaction(records -> assertExactlyTheMarked(Keys.READ_ONLY, viewsOf(MainRecords.class, records)));
    }

    /** Two methods with one name. */
    public interface Overloads {
        @AllowedFor(Keys.READ_ONLY)
        String read(int number);

        String read(String text);
    }

    private record Both() implements Overloads {
        @Override
        public String read(int number) {
            return "read";
        }

        @Override
        public String read(String text) {
            return "read";
        }
    }

    @Test
    void eachOverloadHasItsOwnMark() {
        Overloads limited = ScopedCalls.limited(ApiKeyScope.READ_ONLY, Overloads.class, new Both());

        assertThat(limited.read(1)).isEqualTo("read");
        assertRefusal(() -> limited.read("1")).isEqualTo("access.not-allowed");
    }

    @Test
    void aScopeOfANewerVersionMayCallNothing() {
        Overloads limited = ScopedCalls.limited(new ApiKeyScope("something"), Overloads.class, new Both());

        assertRefusal(() -> limited.read(1)).isEqualTo("access.not-allowed");
    }

    /** Returns the use cases that a view returns, by the interface that callers see. */
    private static Map<Class<?>, Object> viewsOf(Class<?> type, Object view) {
        Map<Class<?>, Object> found = new TreeMap<>((a, b) -> a.getName().compareTo(b.getName()));
        for (Method method : type.getMethods()) {
            Class<?> api = method.getReturnType();
            boolean useCases = method.getParameterCount() == 0
                    && api.isInterface()
                    && api.getPackageName().startsWith(Saas.class.getPackageName())
                    // It only reads, for whom the view lets in.
                    && api != Lookup.class;
            if (useCases) {
                try {
                    found.put(api, method.invoke(view));
                } catch (ReflectiveOperationException e) {
                    throw new LinkageError(api.getName(), e);
                }
            }
        }
        assertThat(found).hasSizeGreaterThan(3);
        return found;
    }

    /** Calls each method of these use cases, and returns the methods that the scope did not refuse. */
    private static Set<String> assertExactlyTheMarked(Keys kind, Map<Class<?>, Object> views) {
        Set<String> called = new TreeSet<>();
        Set<String> marked = new TreeSet<>();
        views.forEach((api, useCases) -> {
            for (Method method : api.getMethods()) {
                if (Modifier.isStatic(method.getModifiers())) {
                    continue;
                }
                String name = name(api, method);
                assertThat(method.getDeclaringClass()).as(name).isIn(api, Lookup.class);
                if (!refuses(useCases, method)) {
                    called.add(name);
                }
                AllowedFor mark = method.getDeclaringClass() == api
                        ? method.getAnnotation(AllowedFor.class)
                        : api.getAnnotation(AllowedFor.class);
                if (mark != null && Set.of(mark.value()).contains(kind)) {
                    marked.add(name);
                }
            }
        });
        assertThat(called).isEqualTo(marked);
        return called;
    }

    private static String name(Class<?> api, Method method) {
        List<String> parameters = Arrays.stream(method.getParameterTypes())
                .map(Class::getSimpleName)
                .toList();
        return api.getSimpleName() + "#" + method.getName() + "(" + String.join(", ", parameters) + ")";
    }

    /** Whether the scope of the key refuses a call. The arguments are empty: what gets past the door may fail. */
    private static boolean refuses(Object useCases, Method method) {
        Object[] arguments = Arrays.stream(method.getParameterTypes())
                .map(type -> Map.<Class<?>, Object>of(long.class, 1L, int.class, 1, boolean.class, false)
                        .get(type))
                .toArray();
        try {
            method.invoke(useCases, arguments);
            return false;
        } catch (InvocationTargetException e) {
            return e.getCause() instanceof SaasException refusal
                    && refusal.code().equals("access.not-allowed")
                    && String.valueOf(refusal.getMessage())
                            .matches("This API key is read-only.*|The scope of this API key, .*");
        } catch (IllegalAccessException e) {
            throw new AssertionError(method.toString(), e);
        }
    }

    private Saas acting(ApiKeyScope scope) {
        NewApiKey wanted = new NewApiKey("Till", scope, fixture.clock.instant().plus(Duration.ofDays(30)));
        String secret = fixture.saas
                .actingAs(administrator.id())
                .apiKeys()
                .create(wanted)
                .secret();
        ApiKeyHolder holder = fixture.saas.apiKeys().authenticate(secret, null).orElseThrow();
        return fixture.saas.actingAs(holder, null);
    }
}
