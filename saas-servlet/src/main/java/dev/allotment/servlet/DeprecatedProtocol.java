// SPDX-License-Identifier: Apache-2.0
package dev.allotment.servlet;

import dev.allotment.spi.protocol.ProtocolAdapter;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A protocol whose answers announce that it will be switched off. */
final class DeprecatedProtocol implements ProtocolAdapter {
    private final ProtocolAdapter adapter;
    private final Map<String, String> announcement;

    /**
     * @param since when it is deprecated, as RFC 9745 announces it
     * @param sunset when it is expected to be switched off, as RFC 8594 announces it; null if that is not known
     */
    DeprecatedProtocol(ProtocolAdapter adapter, Instant since, @Nullable Instant sunset) {
        this.adapter = adapter;
        Map<String, String> headers = new HashMap<>();
        headers.put("Deprecation", "@" + since.getEpochSecond());
        if (sunset != null) {
            headers.put("Sunset", DateTimeFormatter.RFC_1123_DATE_TIME.format(sunset.atOffset(ZoneOffset.UTC)));
        }
        announcement = Map.copyOf(headers);
    }

    @Override
    public String name() {
        return adapter.name();
    }

    @Override
    public List<String> paths() {
        return adapter.paths();
    }

    @Override
    public boolean handlesAllMethods() {
        return adapter.handlesAllMethods();
    }

    @Override
    public Answer handle(Call call) {
        return announced(adapter.handle(call));
    }

    @Override
    public Answer malformed(Call call, String message) {
        return announced(adapter.malformed(call, message));
    }

    @Override
    public Answer refused(Call call, int status, String message) {
        return announced(adapter.refused(call, status, message));
    }

    private Answer announced(Answer answer) {
        Map<String, String> headers = new HashMap<>(answer.headers());
        headers.putAll(announcement);
        return answer.withHeaders(headers);
    }
}
