// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.joran.spi.ConsoleTarget;
import ch.qos.logback.core.spi.ContextAwareBase;
import dev.allotment.server.setting.SettingSources;
import dev.allotment.spi.protocol.FailureReference;
import org.slf4j.Logger;

/**
 * Configures logging: one line per event on the standard error stream, followed by a stack trace for unexpected
 * failures. Logback finds this class with ServiceLoader. The configuration is code because reading XML takes a fifth of
 * the start time. A file that {@code -Dlogback.configurationFile} names replaces it.
 */
public final class LogSetup extends ContextAwareBase implements Configurator {
    private static final String PATTERN = "%d{\"yyyy-MM-dd'T'HH:mm:ss.SSSX\", UTC} %-5level %logger{0}:"
            + " %replace(%msg){'\\s*[\\r\\n]+\\s*', ' | '}"
            + "%replace(%X{" + FailureReference.REQUEST_KEY + "}){'^(.)', ' request=$1'}%n";

    /** Called by ServiceLoader. */
    public LogSetup() {}

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        if (System.getProperty("logback.configurationFile") != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(PATTERN);
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setTarget(ConsoleTarget.SystemErr.getName());
        appender.setEncoder(encoder);
        appender.start();
        ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(appender);
        // It warns of what callers send.
        context.getLogger("org.eclipse.jetty.http.HttpParser").setLevel(Level.ERROR);
        context.getLogger("dev.allotment").setLevel(Level.toLevel(System.getenv(SettingSources.LOG_LEVEL), Level.INFO));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
