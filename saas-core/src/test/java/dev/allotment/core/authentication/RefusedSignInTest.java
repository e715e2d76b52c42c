// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.authentication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.access.MemberId;
import dev.allotment.access.NewMember;
import dev.allotment.core.Fixture;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.Transaction;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class RefusedSignInTest {
    private final Fixture fixture = new Fixture();
    /** Each transaction, and each statement in it with the number of records that it found. */
    private final List<String> work = new ArrayList<>();

    private final Saas saas = fixture.open(watched(Backend.class, fixture.storage));

    @AfterEach
    void close() {
        saas.close();
        fixture.close();
    }

    private <T> T watched(Class<T> type, T real) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, given) -> {
                    Object[] arguments = given == null ? new Object[0] : given.clone();
                    for (int i = 0; i < arguments.length; i++) {
                        if (arguments[i] instanceof Function<?, ?> inside) {
                            work.add("transaction");
                            arguments[i] = watched(inside);
                        }
                    }
                    try {
                        return told(method.getName(), method.invoke(real, arguments));
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    @SuppressWarnings("unchecked")
    private Function<Object, Object> watched(Function<?, ?> inside) {
        return tx -> ((Function<Object, Object>) inside)
                .apply(
                        tx instanceof DatabaseTransaction there
                                ? watched(DatabaseTransaction.class, there)
                                : watched(Transaction.class, (Transaction) tx));
    }

    private @Nullable Object told(String method, @Nullable Object result) {
        if (result instanceof Catalog catalog) {
            return watched(Catalog.class, catalog);
        }
        // The class of an ability may be that of the databases.
        if (method.equals("databases") && result instanceof Databases databases) {
            return watched(Databases.class, databases);
        }
        if (result instanceof Records<?> records) {
            return watched(Records.class, records);
        }
        if (result instanceof Supplier<?> announced) {
            told(method.replace("Later", ""), announced.get());
        } else if (result instanceof Long) {
            work.add(method);
        } else if (result instanceof List<?> found) {
            work.add(method + " " + found.size());
        } else if (result instanceof Optional<?> found && !method.equals("transact")) {
            work.add(method + " " + found.stream().count());
        } else if (method.equals("insert") || method.equals("update")) {
            work.add(method);
        }
        return result;
    }

    /** Returns the work of a refused sign-in, sorted, because the order reveals nothing. */
    private List<String> workOf(Function<String, Optional<?>> logIn, String login) {
        work.clear();
        assertThat(logIn.apply(login)).isEmpty();
        return work.stream().sorted().toList();
    }

    private void assertAlike(Function<String, Optional<?>> logIn) {
        List<String> wrong = workOf(logIn, "client");
        assertThat(wrong).contains("transaction").anyMatch(each -> each.startsWith("list "));
        assertThat(workOf(logIn, "nobody")).as("an unknown login").isEqualTo(wrong);
        assertThat(workOf(logIn, "inactive")).as("an inactive user").isEqualTo(wrong);
    }

    @Test
    void costsTheSameStatementsInTheMainDatabase() {
        fixture.signUp("client");
        User inactive = fixture.signUp("inactive");
        saas.accounts()
                .update(inactive.id(), each -> each.toBuilder().active(false).build());

        assertAlike(login -> saas.accounts().authenticate(login, "wrong", "192.0.2.1"));
    }

    @Test
    void costsTheSameStatementsInATenantDatabase() {
        Tenant shop = fixture.tenant("shop");
        for (String login : List.of("client", "inactive")) {
            MemberId id = saas.database("shop")
                    .members()
                    .create(NewMember.builder(login, login).password("password").build())
                    .id();
            saas.database("shop")
                    .members()
                    .update(
                            id,
                            each -> each.toBuilder()
                                    .active(!login.equals("inactive"))
                                    .build());
        }

        assertAlike(login -> saas.database(shop.name()).members().authenticate(login, "wrong", "192.0.2.1"));
    }
}
