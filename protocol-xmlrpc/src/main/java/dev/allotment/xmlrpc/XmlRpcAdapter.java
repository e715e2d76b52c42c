// SPDX-License-Identifier: Apache-2.0
package dev.allotment.xmlrpc;

import dev.allotment.odoo.OdooSettings;
import dev.allotment.odoo.ServiceCalls;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.spi.protocol.ProtocolAdapter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * XML-RPC for Odoo's clients. The path names the service, the document names the method. Every outcome is HTTP 200,
 * even a fault or a malformed document, because clients of XML-RPC expect that. Thread-safe.
 */
final class XmlRpcAdapter implements ProtocolAdapter {
    private static final String INTEGER_PREFIX = "/xmlrpc/2/";
    private static final String STRING_PREFIX = "/xmlrpc/";

    private static final Map<String, String> HEADERS =
            Map.of("Content-Type", "text/xml; charset=utf-8", "X-Content-Type-Options", "nosniff");

    private static final Answer NOTHING = new Answer(
            404,
            Map.of("Content-Type", "text/plain; charset=utf-8"),
            "There is nothing at this path.\n".getBytes(StandardCharsets.UTF_8));

    /** The services, and any other name, which is the fault of an unknown service. */
    private static final List<String> PATHS = Stream.of("common", "object", "db", "*")
            .flatMap(service -> Stream.of(INTEGER_PREFIX + service, STRING_PREFIX + service))
            .toList();

    private final ServiceCalls services;
    private final CallReader reader;

    /** With the default settings. */
    XmlRpcAdapter(ServiceCalls services) {
        this(services, OdooSettings.defaults());
    }

    XmlRpcAdapter(ServiceCalls services, OdooSettings settings) {
        this.services = services;
        this.reader = new CallReader(settings.mostTextCharacters());
    }

    @Override
    public String name() {
        return XmlRpcProvider.NAME;
    }

    @Override
    public List<String> paths() {
        return PATHS;
    }

    @Override
    public Answer handle(Call call) {
        if (isUnknown(call.path())) {
            return NOTHING;
        }
        XmlRpcDialect dialect = dialect(call);
        String prefix = dialect == XmlRpcDialect.INTEGER_CODES ? INTEGER_PREFIX : STRING_PREFIX;
        String service =
                call.path().substring(Math.min(prefix.length(), call.path().length()));
        return answer(service, dialect, call);
    }

    @Override
    public Answer malformed(Call call, String message) {
        return isUnknown(call.path()) ? NOTHING : fault(dialect(call), OdooFault.request(message));
    }

    /** A service is one segment of the path. */
    private static boolean isUnknown(String path) {
        String prefix = path.startsWith(INTEGER_PREFIX) ? INTEGER_PREFIX : STRING_PREFIX;
        return path.indexOf('/', Math.min(prefix.length(), path.length())) >= 0;
    }

    private static XmlRpcDialect dialect(Call call) {
        return call.path().startsWith(INTEGER_PREFIX) ? XmlRpcDialect.INTEGER_CODES : XmlRpcDialect.STRING_CODES;
    }

    private static Answer fault(XmlRpcDialect dialect, OdooFault fault) {
        return new Answer(200, HEADERS, AnswerWriter.fault(dialect.code(fault), dialect.message(fault)))
                .failed(fault.failure());
    }

    /**
     * Every failure reaches the client as a fault. What the client must not see is logged where the fault is made.
     */
    private Answer answer(String service, XmlRpcDialect dialect, Call call) {
        try {
            MethodCall request = reader.read(call.body());
            return new Answer(
                    200,
                    HEADERS,
                    AnswerWriter.result(
                            services.call(service, request.method(), request.params(), call.clientAddress())));
        } catch (RuntimeException e) {
            return fault(dialect, OdooFault.of(e));
        }
    }
}
