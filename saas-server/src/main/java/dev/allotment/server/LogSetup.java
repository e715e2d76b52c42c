// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.joran.spi.ConsoleTarget;
import ch.qos.logback.core.spi.ContextAwareBase;
import dev.allotment.server.setting.Mode;
import dev.allotment.server.setting.SettingOption;
import dev.allotment.server.setting.SettingSources;
import dev.allotment.spi.Settings;
import dev.allotment.spi.protocol.FailureReference;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Configures logging: one line per event on the standard error stream, followed by a stack trace for unexpected
 * failures, or a JSON object with all that. Logback finds this class with ServiceLoader. The configuration is code
 * because reading XML takes a fifth of the start time. A file that {@code -Dlogback.configurationFile} names replaces
 * it.
 */
public final class LogSetup extends ContextAwareBase implements Configurator {
    /** The property with the name of this node. */
    static final String NODE = "node";

    /** What lines may have: the name of the field, and its key in the MDC. */
    static final Map<String, String> CONTEXT = Map.of(
            "operation", LogContext.OPERATION_KEY,
            "tenant", FailureReference.TENANT_KEY,
            "request", FailureReference.REQUEST_KEY);

    private static final String PATTERN = "%d{\"yyyy-MM-dd'T'HH:mm:ss.SSSX\", UTC} %-5level %logger{0}:"
            + " %replace(%msg){'\\s*[\\r\\n]+\\s*', ' | '}"
            + Stream.of("operation", "tenant", "request")
                    .map(name -> "%replace(%X{" + CONTEXT.get(name) + "}){'^(.)', ' " + name + "=$1'}")
                    .collect(Collectors.joining())
            + "%n";

    private static final String CONSOLE = "console";

    /** Called by ServiceLoader. */
    public LogSetup() {}

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        if (System.getProperty("logback.configurationFile") != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setName(CONSOLE);
        appender.setContext(context);
        appender.setTarget(ConsoleTarget.SystemErr.getName());
        appender.setEncoder(started(text(), context));
        appender.start();
        ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(appender);
        // It warns of what callers send.
        context.getLogger("org.eclipse.jetty.http.HttpParser").setLevel(Level.ERROR);
        context.getLogger("dev.allotment").setLevel(Level.toLevel(System.getenv(SettingSources.LOG_LEVEL), Level.INFO));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    private static Encoder<ILoggingEvent> text() {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setPattern(PATTERN);
        return encoder;
    }

    private static Encoder<ILoggingEvent> started(Encoder<ILoggingEvent> encoder, LoggerContext context) {
        encoder.setContext(context);
        encoder.start();
        return encoder;
    }

    /** Writes the lines from now on as the settings say. A configuration that a file replaced does not change. */
    static void use(Settings settings, Mode mode) {
        String key = SettingOption.LOG_FORMAT.key();
        String byDefault = mode.defaultOf(SettingOption.LOG_FORMAT);
        String format = settings.text(key, String.valueOf(byDefault));
        if (!format.equals("text") && !format.equals("json")) {
            settings.problem(key, format, "text or json", byDefault);
            return;
        }
        // Libraries that log with java.util.logging.
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        LoggerContext context = context();
        if (context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender(CONSOLE)
                instanceof OutputStreamAppender<ILoggingEvent> console) {
            console.setEncoder(started(format.equals("json") ? new JsonLines() : text(), context));
        }
    }

    /** Says which node the lines from now on are of. */
    static void nameNode(String node) {
        context().putProperty(NODE, node);
    }

    private static LoggerContext context() {
        return (LoggerContext) LoggerFactory.getILoggerFactory();
    }
}
