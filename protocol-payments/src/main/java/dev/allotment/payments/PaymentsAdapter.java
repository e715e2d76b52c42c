// SPDX-License-Identifier: Apache-2.0
package dev.allotment.payments;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.jsonrpc.request.MalformedJson;
import dev.allotment.spi.protocol.FailureReference;
import dev.allotment.spi.protocol.ProtocolAdapter;
import dev.allotment.spi.protocol.UnavailableLog;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Answers payment systems. What is not verified is neither parsed nor logged. Thread-safe. */
final class PaymentsAdapter implements ProtocolAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(PaymentsAdapter.class);
    private static final UnavailableLog UNAVAILABLE = new UnavailableLog(LOG::warn);
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
            return failure(call, e);
        } catch (RuntimeException e) {
            return internal(e);
        }
    }

    /** What the payment system must not see is logged here. */
    private static Answer failure(Call call, SaasException failure) {
        return switch (failure.category()) {
            case INTERNAL -> internal(failure);
            case UNAVAILABLE -> {
                UNAVAILABLE.log("A report", failure);
                yield answer(503, "Temporarily unavailable. Please try again in a moment.")
                        .failed(failure.code());
            }
            default -> {
                LOG.warn("{}: {} {}", call.path(), failure.code(), failure.getMessage());
                yield answer(failure.retryable() ? 503 : 422, String.valueOf(failure.getMessage()))
                        .failed(failure.code());
            }
        };
    }

    private static Answer internal(RuntimeException defect) {
        String reference = FailureReference.of(MDC.get(FailureReference.REQUEST_KEY));
        LOG.error("Internal error, reference {}", reference, defect);
        return answer(500, "Internal error, reference " + reference + ".").failed("internal");
    }

    /** A message about what is not known here is accepted: it would be just as unknown if it came again. */
    private Answer receive(Call call, Receiver receiver, Json message) {
        Optional<Notice> notice = receiver.read(message);
        if (notice.isPresent() && reports.report(notice.get(), receiver.attribute()) == 0) {
            LOG.info(
                    "{}: no tenant and no customer has one of the ids \"{}\" as its attribute {}",
                    call.path(),
                    shown(notice.get()),
                    receiver.attribute());
        }
        return answer(200, "Received.");
    }

    private static String shown(Notice notice) {
        String ids = String.join(", ", notice.ids()).replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "?");
        return ids.length() <= MAX_SHOWN ? ids : ids.substring(0, MAX_SHOWN) + "…";
    }

    private static Answer answer(int status, String text) {
        return new Answer(status, TEXT, (text + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
