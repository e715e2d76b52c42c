// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.resource;

import dev.allotment.Accounts;
import dev.allotment.NewUser;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.rest.route.Field;
import dev.allotment.rest.route.Request;
import dev.allotment.rest.route.Route;
import java.util.List;

/** Accounts, and that of the caller. */
public final class AccountRoutes {
    private static final String ONE = "/accounts/{id}";

    private record Password(String password) {}

    private AccountRoutes() {}

    /** Returns the routes. */
    public static List<Route> all() {
        return List.of(
                Route.get("/me", "getMe", "Returns the account that the API key belongs to.")
                        .useCase(Accounts.class, "get")
                        .answers(
                                User.class, request -> request.saas().accounts().get(request.user())),
                Route.get("/accounts", "listAccounts", "Lists accounts.")
                        .useCase(Accounts.class, "list")
                        .lists(User.class, request -> request.saas().accounts()),
                Route.post(
                                "/accounts",
                                "createAccount",
                                "Creates an account, with a new customer or in the team of one. Only for"
                                        + " administrators. Logins are unique, so a repeated request is refused.")
                        .useCase(Accounts.class, "create")
                        .body(
                                Field.of(NewUser.class, "login", "The login, such as an email address.")
                                        .needed(),
                                Field.of(NewUser.class, "name", "The name of the person.")
                                        .needed(),
                                Field.of(
                                        NewUser.class,
                                        "password",
                                        "The password. Default: none, so the account cannot sign in."),
                                Field.of(
                                        NewUser.class,
                                        "email",
                                        "The email address. Default: the login, if it looks like one."),
                                Field.of(NewUser.class, "role", "The role: an operator's, or portal. Default: portal."),
                                Field.of(NewUser.class, "active", "Whether the account may sign in. Default: true."),
                                Field.of(NewUser.class, "lang", "The language. Default: en_US."),
                                Field.of(NewUser.class, "tz", "The time zone. Default: UTC."),
                                Field.of(
                                        NewUser.class,
                                        "customerId",
                                        "The customer whose team it joins. Default: a new customer, which it owns."),
                                Field.of(
                                        NewUser.class,
                                        "teamRole",
                                        "Its role in the team of that customer; the first account of a customer is an"
                                                + " owner. Default: reader."))
                        .creates(
                                User.class,
                                each -> "/accounts/" + each.id(),
                                request -> request.saas()
                                        .accounts()
                                        .create(request.applied(NewUser.builder(
                                                        request.needed("login", String.class),
                                                        request.needed("name", String.class))
                                                .build()))),
                Route.get(ONE, "getAccount", "Returns an account.")
                        .useCase(Accounts.class, "get")
                        .answers(
                                User.class, request -> request.saas().accounts().get(id(request))),
                Route.patch(
                                ONE,
                                "updateAccount",
                                "Changes an account. Others than administrators change name, lang and tz of"
                                        + " their account.")
                        .useCase(Accounts.class, "update")
                        .body(
                                of("login", "The login."),
                                of("name", "The name of the person."),
                                of("email", "The email address."),
                                of("role", "The role: an operator's, or portal. Only administrators change it."),
                                of("active", "Whether the account may sign in."),
                                of("lang", "The language, such as en_US."),
                                of("tz", "An IANA time zone, such as UTC."))
                        .answers(
                                User.class,
                                request -> request.saas().accounts().update(id(request), seen -> {
                                    request.requireUnchanged(seen);
                                    return request.applied(seen);
                                })),
                Route.post(
                                ONE + "/set-password",
                                "setPassword",
                                "Sets the password of an account, and ends its sessions. Only for administrators.")
                        .useCase(Accounts.class, "setPassword")
                        .repeated(Route.Repetition.HARMLESS)
                        .body(Field.of(Password.class, "password", "The new password.")
                                .needed())
                        .returnsNothing(request -> request.saas()
                                .accounts()
                                .setPassword(
                                        id(request),
                                        request.body(Password.class).password())),
                Route.delete(ONE, "deleteAccount", "Deletes an account that owns no tenant.")
                        .useCase(Accounts.class, "delete")
                        .returnsNothing(request -> request.saas().accounts().delete(id(request))));
    }

    private static UserId id(Request request) {
        return new UserId(request.id());
    }

    private static Field of(String component, String text) {
        return Field.of(User.class, component, text);
    }
}
