// SPDX-License-Identifier: Apache-2.0
package dev.allotment.payments;

import dev.allotment.billing.PaymentState;
import dev.allotment.jsonrpc.request.MalformedJson;
import dev.allotment.spi.protocol.ProtocolAdapter.Call;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The webhooks of Lago, signed with a shared secret or with its private key. */
record LagoReceiver(Secrets secrets, String attribute) implements Receiver {
    @Override
    public boolean isVerified(Call call) {
        String signature = call.header("x-lago-signature");
        String algorithm = call.header("x-lago-signature-algorithm");
        if (signature == null) {
            return false;
        }
        return "hmac".equals(algorithm)
                ? secrets.signed(call.body(), List.of(Secrets.base64(signature)))
                : isToken(signature, call.body());
    }

    /** Whether it is a JSON web token that was signed with RS256, and has the body as its data. */
    private boolean isToken(String token, byte[] body) {
        String[] parts = token.strip().split("\\.", -1);
        if (parts.length != 3) {
            return false;
        }
        byte[] signed = (parts[0] + "." + parts[1]).getBytes(StandardCharsets.UTF_8);
        try {
            if (!secrets.signedByKey(signed, Secrets.base64(parts[2]))
                    || !"RS256".equals(Json.read(Secrets.base64(parts[0])).text("alg"))) {
                return false;
            }
            String data = Json.read(Secrets.base64(parts[1])).text("data");
            return data != null && Arrays.equals(data.getBytes(StandardCharsets.UTF_8), body);
        } catch (MalformedJson e) {
            return false;
        }
    }

    @Override
    public Optional<Notice> read(Json message) {
        String type = message.text("webhook_type");
        return switch (type == null ? "" : type) {
            case "invoice.payment_overdue" -> invoice(message.object("invoice"), PaymentState.PAST_DUE);
            case "invoice.payment_status_updated" -> {
                Json invoice = message.object("invoice");
                PaymentState state = state(invoice.text("payment_status"));
                yield state == null ? Optional.empty() : invoice(invoice, state);
            }
            case "subscription.started" -> {
                Json subscription = message.object("subscription");
                yield subscription(subscription, PaymentState.PAID, subscription.time("started_at"));
            }
            case "subscription.terminated" -> terminated(message.object("subscription"));
            default -> Optional.empty();
        };
    }

    /** Null: the payment is still being made. */
    private static @Nullable PaymentState state(@Nullable String status) {
        return status == null
                ? null
                : switch (status) {
                    case "succeeded" -> PaymentState.PAID;
                    case "failed" -> PaymentState.PAST_DUE;
                    default -> null;
                };
    }

    private static Optional<Notice> invoice(Json invoice, PaymentState state) {
        Instant at = invoice.time("updated_at");
        return at == null
                ? Optional.empty()
                : Optional.of(new Notice(
                        Notice.ids(
                                invoice.only("subscriptions").text("external_id"),
                                invoice.object("customer").text("external_id")),
                        state,
                        true,
                        at,
                        invoice.text("number"),
                        null));
    }

    /** A subscription that ends because another plan follows is still paid. */
    private static Optional<Notice> terminated(Json subscription) {
        return subscription.text("next_plan_code") == null
                ? subscription(subscription, PaymentState.UNPAID, subscription.time("terminated_at"))
                : Optional.empty();
    }

    private static Optional<Notice> subscription(Json subscription, PaymentState state, @Nullable Instant at) {
        return at == null
                ? Optional.empty()
                : Optional.of(new Notice(
                        Notice.ids(subscription.text("external_id"), subscription.text("external_customer_id")),
                        state,
                        false,
                        at,
                        subscription.text("external_id"),
                        null));
    }
}
