// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.resource;

import dev.allotment.CustomerId;
import dev.allotment.identity.IdentityProvider;
import dev.allotment.identity.IdentityProviderId;
import dev.allotment.identity.IdentityProviders;
import dev.allotment.rest.route.Field;
import dev.allotment.rest.route.Request;
import dev.allotment.rest.route.Route;
import dev.allotment.rest.route.Route.Repetition;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Identity providers. A person signs in with them in a browser: there is no route for that. */
public final class ProviderRoutes {
    private static final String LIST = "/identity-providers";
    private static final String ONE = LIST + "/{id}";

    private record Secret(@Nullable String secret) {}

    /**
     * Where providers send browsers back.
     *
     * @param address what is registered at the provider
     */
    private record Callback(CustomerId customerId, URI address) {}

    private ProviderRoutes() {}

    /** Returns the routes. */
    public static List<Route> all() {
        Field name = Field.of(IdentityProvider.class, "name", "What people see on the button.");
        Field issuer = Field.of(
                IdentityProvider.class, "issuer", "The https address that the provider names itself by, exactly.");
        Field clientId = Field.of(IdentityProvider.class, "clientId", "How the provider names this installation.");
        Field active = Field.of(IdentityProvider.class, "active", "Whether people can sign in with it. Default: true.");
        Field newAccounts = Field.of(
                IdentityProvider.class,
                "newAccounts",
                "The role with which people get an account at their first sign-in. Default: none, they get no account.");
        Field required = Field.of(
                IdentityProvider.class,
                "required",
                "Whether members who are not owners have to sign in with a provider of the team. It has to have signed in a"
                        + " member before.");
        return List.of(
                Route.get(LIST, "listIdentityProviders", "Lists identity providers, without their secrets.")
                        .useCase(IdentityProviders.class, "list")
                        .lists(IdentityProvider.class, ProviderRoutes::providers),
                Route.post(
                                LIST,
                                "createIdentityProvider",
                                "Creates an identity provider. People can sign in with it at once, unless active is"
                                        + " false.")
                        .useCase(IdentityProviders.class, "create")
                        .body(
                                name.needed(),
                                issuer.needed(),
                                clientId.needed(),
                                active,
                                newAccounts,
                                Field.of(
                                        IdentityProvider.class,
                                        "customerId",
                                        "The customer whose team signs in with it. Default: none, it is for everyone."),
                                Field.of(
                                        "secret",
                                        String.class,
                                        "With which this installation proves itself to the provider. It is not shown"
                                                + " again. Default: none."))
                        .creates(
                                IdentityProvider.class,
                                each -> LIST + "/" + each.id(),
                                request -> providers(request)
                                        .create(
                                                request.applied(IdentityProvider.builder(
                                                                request.needed("name", String.class),
                                                                request.needed("issuer", String.class),
                                                                request.needed("clientId", String.class))
                                                        .build()),
                                                request.field("secret", String.class))),
                Route.get(ONE, "getIdentityProvider", "Returns an identity provider, without its secret.")
                        .useCase(IdentityProviders.class, "get")
                        .answers(
                                IdentityProvider.class,
                                request -> providers(request).get(id(request))),
                Route.patch(
                                ONE,
                                "updateIdentityProvider",
                                "Changes an identity provider. Another issuer or client id removes its secret, and the"
                                        + " links of accounts to it.")
                        .useCase(IdentityProviders.class, "update")
                        .body(name, issuer, clientId, active, newAccounts, required)
                        .answers(
                                IdentityProvider.class,
                                request -> providers(request).update(id(request), seen -> {
                                    request.requireUnchanged(seen);
                                    return request.applied(seen);
                                })),
                Route.delete(
                                ONE,
                                "deleteIdentityProvider",
                                "Deletes an identity provider, and the links of accounts to it.")
                        .useCase(IdentityProviders.class, "delete")
                        .returnsNothing(request -> providers(request).delete(id(request))),
                Route.post(
                                ONE + "/secret",
                                "replaceIdentityProviderSecret",
                                "Replaces the secret with which this installation proves itself to the provider.")
                        .useCase(IdentityProviders.class, "replaceSecret")
                        .repeated(Repetition.HARMLESS)
                        .body(Field.of(Secret.class, "secret", "The new secret; null: none."))
                        .returnsNothing(request -> providers(request)
                                .replaceSecret(
                                        id(request), request.body(Secret.class).secret())),
                Route.post(
                                ONE + "/check",
                                "checkIdentityProvider",
                                "Asks the provider for its configuration and keys, as the next sign-in would.")
                        .useCase(IdentityProviders.class, "check")
                        .repeated(Repetition.HARMLESS)
                        .returnsNothing(request -> providers(request).check(id(request))),
                Route.get(
                                CustomerRoutes.ONE + "/identity-callback",
                                "getIdentityCallback",
                                "Returns the address that has to be registered at the identity providers of a customer.")
                        .useCase(IdentityProviders.class, "callback")
                        .answers(Callback.class, ProviderRoutes::callback));
    }

    private static Callback callback(Request request) {
        CustomerId customer = new CustomerId(request.id());
        return new Callback(customer, providers(request).callback(customer));
    }

    private static IdentityProviders providers(Request request) {
        return request.saas().identityProviders();
    }

    private static IdentityProviderId id(Request request) {
        return new IdentityProviderId(request.id());
    }
}
