// SPDX-License-Identifier: Apache-2.0
package dev.allotment.json2;

import dev.allotment.odoo.NamedCaller;
import dev.allotment.odoo.NamedCalls;
import dev.allotment.odoo.OdooSettings;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.spi.protocol.ProtocolAdapter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Answers {@code POST /json/2/<model>/<method>}, and the paths for the version and the documentation. Thread-safe. */
final class Json2Adapter implements ProtocolAdapter {
    private static final String ROOT = "/json/2";
    private static final String JSON = "application/json";

    private final NamedCalls calls;
    private final Answers answers;
    private final Callers callers;
    private final VersionPath versions;
    private final DocPaths docs;

    Json2Adapter(NamedCalls calls, OdooSettings settings) {
        this.calls = calls;
        answers = new Answers(settings.mostTextCharacters());
        callers = new Callers(calls);
        versions = new VersionPath(calls, answers);
        docs = new DocPaths(callers, answers);
    }

    @Override
    public String name() {
        return Json2Provider.NAME;
    }

    @Override
    public List<String> paths() {
        return List.of(
                ROOT,
                ROOT + "/*",
                "/web/version",
                "/json/version",
                DocPaths.PAGES,
                DocPaths.PAGES + "/*",
                DocPaths.BEARER + "/*");
    }

    @Override
    public boolean handlesAllMethods() {
        return true;
    }

    @Override
    public Answer handle(Call call) {
        return answer(call, call.body().length > 0, () -> answers.object(call.body()));
    }

    @Override
    public Answer malformed(Call call, String message) {
        return answer(call, true, () -> {
            throw Answers.unreadable(message);
        });
    }

    /** Every failure reaches the client as an error. What the client must not see is logged where the fault is made. */
    private Answer answer(Call call, boolean hasBody, Supplier<Map<String, Object>> body) {
        try {
            if (VersionPath.is(call.path())) {
                return versions.answer(call);
            }
            Optional<Target> target = Target.of(calls, call);
            if (target.isEmpty()) {
                return noDatabase();
            }
            if (!call.path().startsWith(ROOT)) {
                return docs.answer(call, target.get());
            }
            return call(call, target.get(), hasBody, body);
        } catch (Target.Contradiction e) {
            return Answers.html(403, "Forbidden", String.valueOf(e.getMessage()), Map.of());
        } catch (Refusal refusal) {
            return answers.refused(refusal);
        } catch (RuntimeException e) {
            return answers.refused(Refusal.of(OdooFault.of(e)));
        }
    }

    /** The order of these checks is part of the contract: a client with a wrong key learns nothing else. */
    private Answer call(Call call, Target target, boolean hasBody, Supplier<Map<String, Object>> body) {
        String[] path = call.path().substring(ROOT.length()).split("/", -1);
        if (path.length != 3 || !call.method().equals("POST")) {
            throw Refusal.notFound("Did you mean POST /json/2/<model>/<method>?");
        }
        if (hasBody && !isJson(call.header("content-type"))) {
            return wrongType(call.path());
        }
        NamedCaller caller = callers.of(call, target);
        Map<String, Object> arguments = body.get();
        return answers.json(caller.call(path[1], path[2], arguments, idempotencyKey(call)));
    }

    private static boolean isJson(@Nullable String type) {
        return type != null
                && type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals(JSON);
    }

    /** Returns the key in the header, also one in quotes, as the draft of the header's standard writes it. */
    private static @Nullable String idempotencyKey(Call call) {
        String header = call.header("idempotency-key");
        if (header == null || header.isBlank()) {
            return null;
        }
        String key = header.strip();
        boolean quoted = key.length() > 2 && key.startsWith("\"") && key.endsWith("\"");
        return quoted ? key.substring(1, key.length() - 1) : key;
    }

    private static Answer noDatabase() {
        return Answers.html(
                404,
                "Not Found",
                "The requested URL was not found on the server. If you entered the URL manually please check your spelling"
                        + " and try again.",
                Map.of());
    }

    private static Answer wrongType(String path) {
        return Answers.html(
                415,
                "Unsupported Media Type",
                "Request inferred type is compatible with ['http'] but '" + path
                        + "' is type='json2'. Please verify the Content-Type request header and try again.",
                Map.of("Accept", JSON));
    }
}
