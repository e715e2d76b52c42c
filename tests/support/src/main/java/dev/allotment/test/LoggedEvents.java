// SPDX-License-Identifier: Apache-2.0
package dev.allotment.test;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/**
 * What a logger and the loggers below it have logged since this was opened. Threads of a server may log while a test
 * reads, so each list is a copy that no longer changes. Logback's own list appender gives out the list to which it
 * adds.
 */
public final class LoggedEvents implements AutoCloseable {
    private final Logger logger;
    private final Recorder recorder = new Recorder();

    private LoggedEvents(Logger logger) {
        this.logger = logger;
        recorder.start();
        logger.addAppender(recorder);
    }

    /** Listens to a logger by name until this is closed. */
    public static LoggedEvents of(String logger) {
        return new LoggedEvents((Logger) LoggerFactory.getLogger(logger));
    }

    /** Listens to the logger of a class until this is closed. */
    public static LoggedEvents of(Class<?> logger) {
        return of(logger.getName());
    }

    /** Listens to all loggers until this is closed. */
    public static LoggedEvents all() {
        return of(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    /** Returns what has been logged so far, in the order in which it was logged. */
    public List<ILoggingEvent> list() {
        return List.copyOf(recorder.events);
    }

    /** Returns the messages of the warnings so far. */
    public List<String> warnings() {
        return list().stream()
                .filter(event -> event.getLevel() == Level.WARN)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    /** Stops listening. What was logged can still be read. */
    @Override
    public void close() {
        logger.detachAppender(recorder);
        recorder.stop();
    }

    private static final class Recorder extends AppenderBase<ILoggingEvent> {
        private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();

        @Override
        protected void append(ILoggingEvent event) {
            event.prepareForDeferredProcessing();
            events.add(event);
        }
    }
}
