// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.ErrorCategory;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.server.command.CommandLineArguments;
import dev.allotment.server.command.Task;
import dev.allotment.server.remote.RemoteProgram;
import dev.allotment.server.setting.Backends;
import dev.allotment.server.setting.ExitCode;
import dev.allotment.server.setting.Mode;
import dev.allotment.server.setting.ServerConfiguration;
import dev.allotment.server.setting.SettingSources;
import dev.allotment.server.setting.StartFailure;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The program: {@code saas demo}, {@code saas serve}, and the commands that do one task. */
public final class SaasServer {
    private static final Logger LOG = LoggerFactory.getLogger(SaasServer.class);

    /**
     * The start script sets this property: start, answer a call, and stop, so that Java sees which classes that needs.
     */
    private static final String TRAINING_RUN = "allotment.training-run";

    /** The start script sets this property if a person sees the standard error stream. */
    private static final String TERMINAL = "allotment.terminal";

    private static final Set<String> HELP = Set.of("--help", "-h", "help");
    private static final Set<String> VERSION = Set.of("--version", "-V");

    private SaasServer() {}

    /** Runs until a signal stops the server. Exits with a code of {@link ExitCode} if it cannot start. */
    public static void main(String[] args) {
        boolean trainingRun = Boolean.getBoolean(TRAINING_RUN);
        int code = run(trainingRun ? Map.of() : System.getenv(), System.out, System.err, args);
        if (code != ExitCode.OK || trainingRun) {
            System.exit(code);
        }
    }

    /** Runs a command. Returns its exit code; for a server, as soon as it runs. */
    static int run(Map<String, String> environment, PrintStream out, PrintStream err, String... args) {
        if (args.length > 0 && HELP.contains(args[0])) {
            help(out);
            return ExitCode.OK;
        }
        if (args.length > 0 && VERSION.contains(args[0])) {
            out.println("saas " + Saas.version());
            return ExitCode.OK;
        }
        if (isRemote(args)) {
            return RemoteProgram.run(environment, out, err, Boolean.getBoolean(TERMINAL), args);
        }
        CommandLineArguments arguments = CommandLineArguments.parse(Saas.version(), args);
        if (!arguments.output().isEmpty()) {
            out.print(arguments.output());
            out.flush();
            return ExitCode.OK;
        }
        try {
            Task task = arguments.task();
            if (task != null) {
                return run(task, environment, arguments, out);
            }
            RunningServer server = start(environment, arguments);
            ServiceManager manager = new ServiceManager(environment);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, manager), "stop"));
            StartupBanner.print(out, Saas.version(), server, sinceProcessStart());
            manager.ready(server.address(), server.port());
            if (Boolean.getBoolean(TRAINING_RUN)) {
                TrainingRun.call(server.address(), server.port());
            }
            return ExitCode.OK;
        } catch (StartFailure e) {
            err.println(e.text());
            if (e.exitCode() == ExitCode.FAILED) {
                LOG.error("The command failed", e);
            }
            return e.exitCode();
        }
    }

    /** The commands of this machine come first. Some of their names, such as backup, are nouns if a verb follows. */
    private static boolean isRemote(String... args) {
        Mode mode = Mode.find(args);
        boolean verb = args.length > 1 && !args[1].startsWith("-");
        return (mode == null || (verb && !mode.command().contains(" "))) && RemoteProgram.handles(args);
    }

    private static void help(PrintStream out) {
        out.println("Usage: saas COMMAND [OPTIONS]");
        out.println("A control plane for software as a service: accounts, plans, and a database for each customer.");
        out.println();
        out.println("Commands of this machine. They take the settings of the server:");
        for (Mode each : Mode.values()) {
            out.printf(
                    "  %-16s  %s%n", each.command(), each.description().replace(" Takes the settings of serve.", ""));
        }
        out.println();
        out.println("Commands on a running server, with an address and an API key: saas NOUN VERB");
        RemoteProgram.list(out);
        out.println();
        out.println("saas COMMAND --help lists the options of a command.");
    }

    /** Being stopped is not a failure, so the process must not exit with the code of the signal. */
    private static void stop(RunningServer server, ServiceManager manager) {
        int code = ExitCode.FAILED;
        try {
            manager.stopping();
            server.close();
            code = ExitCode.OK;
        } catch (RuntimeException e) {
            LOG.error("The server did not stop cleanly", e);
        } finally {
            Runtime.getRuntime().halt(code);
        }
    }

    private static Duration sinceProcessStart() {
        return ProcessHandle.current()
                .info()
                .startInstant()
                .map(start -> Duration.between(start, Instant.now()))
                .orElse(Duration.ZERO);
    }

    /**
     * Starts a server. Reports all problems at once: with the line, the server's settings and the backend's settings.
     */
    static RunningServer start(Map<String, String> environment, CommandLineArguments arguments) throws StartFailure {
        return start(environment, arguments, backend -> backend, Clock.systemUTC());
    }

    /** Does one task with the settings of a server, and returns its exit code. */
    private static int run(Task task, Map<String, String> environment, CommandLineArguments arguments, PrintStream out)
            throws StartFailure {
        Prepared prepared = prepare(environment, arguments);
        try (Backend backend = prepared.backend()) {
            return task.run(prepared.configuration(), backend, out);
        }
    }

    private record Prepared(ServerConfiguration configuration, Backend backend) {}

    /** Starts a server with a wrapped backend and another clock. */
    static RunningServer start(
            Map<String, String> environment, CommandLineArguments arguments, UnaryOperator<Backend> around, Clock clock)
            throws StartFailure {
        Prepared prepared = prepare(environment, arguments);
        return RunningServer.start(prepared.configuration(), around.apply(prepared.backend()), clock);
    }

    private static Prepared prepare(Map<String, String> environment, CommandLineArguments arguments)
            throws StartFailure {
        Mode mode = arguments.mode();
        List<String> problems = new ArrayList<>(arguments.problems());
        SettingSources sources = new SettingSources(arguments.given(), environment, problems);
        if (mode == null) {
            throw wrong(problems);
        }
        Settings settings = Settings.of(sources.values());
        LogSetup.use(settings, mode);
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
        return new Prepared(configuration, backend);
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
}
