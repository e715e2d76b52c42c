// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.resource;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.TenantId;
import dev.allotment.billing.Payment;
import dev.allotment.billing.PaymentId;
import dev.allotment.billing.PaymentReport;
import dev.allotment.billing.PaymentState;
import dev.allotment.billing.Payments;
import dev.allotment.billing.ReportedPayment;
import dev.allotment.rest.route.Field;
import dev.allotment.rest.route.Request;
import dev.allotment.rest.route.Route;
import java.time.Instant;
import java.util.List;

/** Payment states, as payment systems report them. */
public final class PaymentRoutes {
    private static final String OF_CUSTOMER = "/customers/{id}/payment";
    private static final String OF_TENANT = "/tenants/{id}/payment";

    private PaymentRoutes() {}

    /** Returns the routes. */
    public static List<Route> all() {
        return List.of(
                Route.get("/payments", "listPayments", "Lists the payment states of customers and tenants.")
                        .useCase(Payments.class, "list")
                        .lists(Payment.class, request -> request.saas().payments()),
                Route.get("/payments/{id}", "getPayment", "Returns a payment state by its own number.")
                        .useCase(Payments.class, "get")
                        .answers(
                                Payment.class,
                                request -> request.saas().payments().get(new PaymentId(request.id()))),
                Route.get(OF_CUSTOMER, "getCustomerPayment", "Returns the payment state of a customer.")
                        .useCase(Payments.class, "ofCustomer")
                        .answers(
                                Payment.class,
                                request -> request.saas()
                                        .payments()
                                        .ofCustomer(new CustomerId(request.id()))
                                        .orElseThrow(() -> missing("customer", request))),
                Route.put(
                                OF_CUSTOMER,
                                "reportCustomerPayment",
                                "Reports the payment state of a customer, which applies to all its tenants without a"
                                        + " state. What is older than the last report changes nothing.")
                        .useCase(Payments.class, "report")
                        .body(fields())
                        .answers(
                                ReportedPayment.class,
                                request -> report(
                                        request,
                                        PaymentReport.ofCustomer(new CustomerId(request.id()), state(request)))),
                Route.get(OF_TENANT, "getTenantPayment", "Returns the separate payment state of a tenant.")
                        .useCase(Payments.class, "ofTenant")
                        .answers(
                                Payment.class,
                                request -> request.saas()
                                        .payments()
                                        .ofTenant(new TenantId(request.id()))
                                        .orElseThrow(() -> missing("tenant", request))),
                Route.put(
                                OF_TENANT,
                                "reportTenantPayment",
                                "Reports the payment state of one tenant, which applies instead of that of its"
                                        + " customer. What is older than the last report changes nothing.")
                        .useCase(Payments.class, "report")
                        .body(fields())
                        .answers(
                                ReportedPayment.class,
                                request -> report(
                                        request, PaymentReport.ofTenant(new TenantId(request.id()), state(request)))));
    }

    private static Field[] fields() {
        return new Field[] {
            of("state", "paid; past_due if the payment system still tries; unpaid if it has given up.")
                    .needed(),
            of("since", "Since when it is paid, or not paid. Default: reportedAt."),
            of("reference", "What it has at the payment system, such as the number of an invoice. Default: none."),
            of("payUrl", "Where the customer can pay, an https URL. Default: none."),
            of("reportedAt", "When the state was so, by the clock of the payment system. Default: now.")
        };
    }

    private static Field of(String component, String text) {
        return Field.of(PaymentReport.class, component, text);
    }

    private static PaymentState state(Request request) {
        return request.needed("state", PaymentState.class);
    }

    private static ReportedPayment report(Request request, PaymentReport.Builder report) {
        return request.saas()
                .payments()
                .report(report.since(request.field("since", Instant.class))
                        .reference(request.field("reference", String.class))
                        .payUrl(request.field("payUrl", String.class))
                        .reportedAt(request.field("reportedAt", Instant.class))
                        .build());
    }

    private static SaasException missing(String what, Request request) {
        return SaasException.notFound(
                ErrorCodes.RECORD_MISSING,
                "No payment state of " + what + " " + request.id() + " was reported, or you may not see it.");
    }
}
