// SPDX-License-Identifier: Apache-2.0
package dev.allotment.payments;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.jsonrpc.request.MalformedJson;
import dev.allotment.spi.protocol.ProtocolAdapter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Answers payment systems. What is not verified is neither parsed nor logged. Thread-safe. */
final class PaymentsAdapter implements ProtocolAdapter {
    private static final Logger LOG = System.getLogger("dev.allotment.payments");
    private static final int MAX_BODY = 1024 * 1024;
    private static final int MAX_SHOWN = 200;
    private static final Map<String, String> TEXT = Map.of("Content-Type", "text/plain; charset=utf-8");

    private final Map<String, Receiver> receivers;
    private final Reports reports;

    PaymentsAdapter(Map<String, Receiver> receivers, Reports reports) {
        this.receivers = Map.copyOf(receivers);
        this.reports = reports;
    }

    @Override
    public String name() {
        return PaymentsProvider.NAME;
    }

    @Override
    public List<String> paths() {
        return receivers.keySet().stream().sorted().toList();
    }

    @Override
    public Answer handle(Call call) {
        Receiver receiver = Objects.requireNonNull(receivers.get(call.path()), call.path());
        if (call.body().length > MAX_BODY) {
            return answer(413, "The message has more than " + MAX_BODY + " bytes.")
                    .failed("request");
        }
        if (!receiver.isVerified(call)) {
            return answer(401, "The signature is missing, wrong or too old.").failed(ErrorCodes.ACCESS_DENIED);
        }
        try {
            return receive(call, receiver, Json.read(call.body()));
        } catch (MalformedJson e) {
            return answer(400, e.text()).failed("request");
        } catch (SaasException e) {
            boolean later = e.retryable() || e.category() == ErrorCategory.UNAVAILABLE;
            LOG.log(Level.WARNING, call.path() + ": " + e.code() + " " + e.getMessage());
            return answer(later ? 503 : 422, String.valueOf(e.getMessage())).failed(e.code());
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, call.path() + " failed", e);
            return answer(500, "The message could not be processed.").failed("internal");
        }
    }

    /** A message about what is not known here is accepted: it would be just as unknown if it came again. */
    private Answer receive(Call call, Receiver receiver, Json message) {
        Optional<Notice> notice = receiver.read(message);
        if (notice.isPresent() && reports.report(notice.get(), receiver.attribute()) == 0) {
            LOG.log(
                    Level.INFO,
                    call.path() + ": no tenant and no customer has one of the ids \"" + shown(notice.get())
                            + "\" as its attribute " + receiver.attribute());
        }
        return answer(200, "Received.");
    }

    private static String shown(Notice notice) {
        String ids = String.join(", ", notice.ids()).replaceAll("\\p{C}", "?");
        return ids.length() <= MAX_SHOWN ? ids : ids.substring(0, MAX_SHOWN) + "…";
    }

    private static Answer answer(int status, String text) {
        return new Answer(status, TEXT, (text + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
