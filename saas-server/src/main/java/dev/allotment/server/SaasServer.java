// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.ErrorCategory;
import dev.allotment.SaasException;
import dev.allotment.spi.Backend;
import dev.allotment.spi.Settings;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The program: {@code saas demo} and {@code saas serve}. */
public final class SaasServer {
    private static final Logger LOG = LoggerFactory.getLogger(SaasServer.class);

    private SaasServer() {}

    /** Runs until a signal stops it; exits at once with 2 where settings are wrong, with 3 where it cannot start. */
    public static void main(String[] args) {
        int code = run(System.getenv(), System.out, System.err, args);
        if (code != ExitCode.OK) {
            System.exit(code);
        }
    }

    /** Returns as soon as the server runs, or why it does not. */
    static int run(Map<String, String> environment, PrintStream out, PrintStream err, String... args) {
        Arguments arguments = Arguments.parse(version(), args);
        if (!arguments.output().isEmpty()) {
            out.print(arguments.output());
            out.flush();
            return ExitCode.OK;
        }
        try {
            RunningServer server = start(environment, arguments);
            Runtime.getRuntime().addShutdownHook(new Thread(server::close, "stop"));
            Greeting.print(out, version(), server, sinceProcessStart());
            return ExitCode.OK;
        } catch (StartFailure e) {
            err.println(e.text());
            if (e.exitCode() == ExitCode.FAILED) {
                LOG.error("The server cannot start", e);
            }
            return e.exitCode();
        }
    }

    private static Duration sinceProcessStart() {
        return ProcessHandle.current()
                .info()
                .startInstant()
                .map(start -> Duration.between(start, Instant.now()))
                .orElse(Duration.ZERO);
    }

    /** Everything that is wrong is told at once: the line, the settings of the server, and those of the backend. */
    static RunningServer start(Map<String, String> environment, Arguments arguments) throws StartFailure {
        Mode mode = arguments.mode();
        List<String> problems = new ArrayList<>(arguments.problems());
        SettingSources sources = new SettingSources(arguments.given(), environment, problems);
        if (mode == null) {
            throw wrong(problems);
        }
        Settings settings = Settings.of(sources.values());
        ServerConfiguration configuration = ServerConfiguration.read(mode, settings, sources.backend());
        try {
            settings.check("saas " + mode.command());
        } catch (SaasException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
        Backend backend = open(configuration, problems);
        if (backend == null || !problems.isEmpty()) {
            if (backend != null) {
                backend.close();
            }
            throw wrong(problems);
        }
        return RunningServer.start(configuration, backend);
    }

    private static @Nullable Backend open(ServerConfiguration configuration, List<String> problems)
            throws StartFailure {
        try {
            return Backends.open(configuration.backend(), configuration.backendSettings());
        } catch (SaasException e) {
            if (e.category() != ErrorCategory.INVALID_INPUT && problems.isEmpty()) {
                throw StartFailure.of(e, configuration.storage());
            }
            problems.add(String.valueOf(e.getMessage()));
            return null;
        }
    }

    private static StartFailure wrong(List<String> problems) {
        return new StartFailure(ExitCode.WRONG_SETTINGS, String.join("\n", problems));
    }

    static String version() {
        String version = SaasServer.class.getPackage().getImplementationVersion();
        return version == null ? "(unpackaged)" : version;
    }
}
