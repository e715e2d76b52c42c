// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import dev.allotment.spi.backend.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes each event as one line with a JSON object, whose values are all texts. */
final class JsonLines extends EncoderBase<ILoggingEvent> {
    @Override
    public byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] footerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        Map<String, String> fields = new HashMap<>();
        fields.put("time", event.getInstant().toString());
        fields.put("level", event.getLevel().toString());
        fields.put("logger", event.getLoggerName());
        fields.put("message", event.getFormattedMessage());
        fields.put("thread", event.getThreadName());
        put(fields, LogSetup.NODE, event.getLoggerContextVO().getPropertyMap().get(LogSetup.NODE));
        LogSetup.CONTEXT.forEach(
                (name, key) -> put(fields, name, event.getMDCPropertyMap().get(key)));
        IThrowableProxy failure = event.getThrowableProxy();
        put(fields, "exception", failure == null ? null : ThrowableProxyUtil.asString(failure));
        return (JsonText.write(fields) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static void put(Map<String, String> fields, String name, @Nullable String value) {
        if (value != null) {
            fields.put(name, value);
        }
    }
}
