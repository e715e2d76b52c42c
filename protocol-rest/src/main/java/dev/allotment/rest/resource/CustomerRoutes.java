// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.resource;

import dev.allotment.AsyncOperations;
import dev.allotment.Customer;
import dev.allotment.CustomerId;
import dev.allotment.Customers;
import dev.allotment.rest.route.Field;
import dev.allotment.rest.route.Request;
import dev.allotment.rest.route.Route;
import dev.allotment.rest.route.Route.Repetition;
import java.util.List;

/** Customers. */
public final class CustomerRoutes {
    static final String ONE = "/customers/{id}";

    private CustomerRoutes() {}

    /** Returns the routes. */
    public static List<Route> all() {
        Field name = Field.of(Customer.class, "name", "The name.");
        Field email = Field.of(Customer.class, "email", "The email address.");
        Field active = Field.of(Customer.class, "active", "Whether it is in use. Default: true.");
        Field attributes =
                Field.of(Customer.class, "attributes", "Texts of the operator by key. Replaces all of them.");
        return List.of(
                Route.get("/customers", "listCustomers", "Lists customers.")
                        .useCase(Customers.class, "list")
                        .lists(Customer.class, request -> request.saas().customers()),
                Route.post("/customers", "createCustomer", "Creates a customer without accounts.")
                        .useCase(Customers.class, "create")
                        .repeated(Repetition.BY_KEY)
                        .body(name.needed(), email, active, attributes)
                        .creates(
                                Customer.class,
                                each -> "/customers/" + each.id(),
                                request -> request.saas()
                                        .customers()
                                        .create(
                                                request.applied(Customer.builder(request.needed("name", String.class))
                                                        .build()),
                                                request.key())),
                Route.get(ONE, "getCustomer", "Returns a customer.")
                        .useCase(Customers.class, "get")
                        .answers(
                                Customer.class,
                                request -> request.saas()
                                        .actingFor(id(request))
                                        .customers()
                                        .get(id(request))),
                Route.patch(ONE, "updateCustomer", "Changes a customer.")
                        .useCase(Customers.class, "update")
                        .body(name, email, active, attributes)
                        .answers(
                                Customer.class,
                                request -> request.saas().customers().update(id(request), seen -> {
                                    request.requireUnchanged(seen);
                                    return request.applied(seen);
                                })),
                Route.delete(ONE, "deleteCustomer", "Deletes a customer that has no accounts and no tenants.")
                        .useCase(Customers.class, "delete")
                        .returnsNothing(request -> request.saas().customers().delete(id(request))),
                Route.post(ONE + "/erase", "eraseCustomer", "Erases the personal data of a customer.")
                        .useCase(AsyncOperations.class, "eraseCustomer")
                        .repeated(Repetition.HARMLESS)
                        .starts(request -> request.saas().async().eraseCustomer(id(request))));
    }

    static CustomerId id(Request request) {
        return new CustomerId(request.id());
    }
}
