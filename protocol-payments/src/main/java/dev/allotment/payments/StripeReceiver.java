// SPDX-License-Identifier: Apache-2.0
package dev.allotment.payments;

import dev.allotment.billing.PaymentState;
import dev.allotment.spi.protocol.ProtocolAdapter.Call;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The webhooks of Stripe. */
record StripeReceiver(Secrets secrets, String attribute, Clock clock) implements Receiver {
    private static final Duration TOLERANCE = Duration.ofMinutes(5);
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,12}");
    private static final int MOST_SIGNATURES = 20;
    private static final String TIME = "t=";
    private static final String SIGNATURE = "v1=";

    @Override
    public boolean isVerified(Call call) {
        String header = call.header("stripe-signature");
        if (header == null) {
            return false;
        }
        String time = null;
        List<byte[]> signatures = new ArrayList<>();
        for (String each : header.split(",")) {
            String part = each.strip();
            if (part.startsWith(TIME)) {
                time = part.substring(TIME.length());
            } else if (part.startsWith(SIGNATURE) && signatures.size() < MOST_SIGNATURES) {
                signatures.add(Secrets.hex(part.substring(SIGNATURE.length())));
            }
        }
        return time != null
                && SECONDS.matcher(time).matches()
                && secrets.signed(signed(time, call.body()), signatures)
                && isRecent(Instant.ofEpochSecond(Long.parseLong(time)));
    }

    private static byte[] signed(String time, byte[] body) {
        ByteArrayOutputStream signed = new ByteArrayOutputStream();
        signed.writeBytes((time + ".").getBytes(StandardCharsets.UTF_8));
        signed.writeBytes(body);
        return signed.toByteArray();
    }

    private boolean isRecent(Instant sent) {
        return Duration.between(sent, clock.instant()).abs().compareTo(TOLERANCE) <= 0;
    }

    @Override
    public Optional<Notice> read(Json message) {
        Json object = message.object("data").object("object");
        Instant at = message.seconds("created");
        String type = message.text("type");
        if (at == null || type == null) {
            return Optional.empty();
        }
        return switch (type) {
            case "customer.subscription.created", "customer.subscription.updated" ->
                Optional.ofNullable(state(object.text("status"))).map(state -> subscription(object, state, at));
            // Also if the customer has ended it: what it paid for is not paid any more.
            case "customer.subscription.deleted" -> Optional.of(subscription(object, PaymentState.UNPAID, at));
            // A subscription that could not start was never paid, so nothing is closed.
            case "invoice.payment_failed" ->
                "subscription_create".equals(object.text("billing_reason"))
                        ? Optional.empty()
                        : Optional.of(invoice(object, PaymentState.PAST_DUE, at));
            case "invoice.paid", "invoice.payment_succeeded" -> Optional.of(invoice(object, PaymentState.PAID, at));
            default -> Optional.empty();
        };
    }

    /** Null: it says nothing about payments, such as that the first one is still being made, or was never made. */
    private static @Nullable PaymentState state(@Nullable String status) {
        return status == null
                ? null
                : switch (status) {
                    case "active", "trialing" -> PaymentState.PAID;
                    case "past_due" -> PaymentState.PAST_DUE;
                    case "unpaid", "canceled" -> PaymentState.UNPAID;
                    default -> null;
                };
    }

    private static Notice subscription(Json subscription, PaymentState state, Instant at) {
        return new Notice(
                Notice.ids(subscription.text("id"), subscription.text("customer")),
                state,
                false,
                at,
                subscription.text("id"),
                null);
    }

    private static Notice invoice(Json invoice, PaymentState state, Instant at) {
        Json parent = invoice.object("parent").object("subscription_details");
        boolean paid = state == PaymentState.PAID;
        return new Notice(
                Notice.ids(invoice.text("subscription"), parent.text("subscription"), invoice.text("customer")),
                state,
                true,
                at,
                invoice.text("number") == null ? invoice.text("id") : invoice.text("number"),
                paid ? null : invoice.text("hosted_invoice_url"));
    }
}
