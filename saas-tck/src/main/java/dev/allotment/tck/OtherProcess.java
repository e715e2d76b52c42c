// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import dev.allotment.Parameter;
import dev.allotment.SaasException;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Another process that opens the storage of a fixture, with the class path of this one, and that can be killed. */
final class OtherProcess implements AutoCloseable {
    static final String OPEN = "open";
    private static final int TIMEOUT_MILLIS = 60_000;
    private static final int LOOK_MILLIS = 500;

    private final Process process;
    private final Path output;
    private final Socket socket;
    private final DataInputStream answers;
    private final DataOutputStream requests;

    private OtherProcess(Process process, Socket socket, Path output) throws IOException {
        this.process = process;
        this.output = output;
        this.socket = socket;
        this.answers = new DataInputStream(socket.getInputStream());
        this.requests = new DataOutputStream(socket.getOutputStream());
    }

    static OtherProcess start(BackendFixture fixture) throws IOException {
        Path output = Files.createTempFile("kit-process", ".txt");
        output.toFile().deleteOnExit();
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Child.class.getName(),
                            Integer.toString(server.getLocalPort()))
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            OtherProcess other = new OtherProcess(process, accept(server, process, output), output);
            other.socket.setSoTimeout(TIMEOUT_MILLIS);
            other.requests.writeUTF(fixture.provider().name());
            for (Map.Entry<String, String> setting : fixture.settings().entrySet()) {
                other.requests.writeUTF(setting.getKey());
                other.requests.writeUTF(setting.getValue());
            }
            other.requests.writeUTF("");
            return other;
        }
    }

    /** Waits for the process to connect, or to end, as it does if it does not find its classes. */
    private static Socket accept(ServerSocket server, Process process, Path output) throws IOException {
        server.setSoTimeout(LOOK_MILLIS);
        for (int look = 0; look < TIMEOUT_MILLIS / LOOK_MILLIS; look++) {
            try {
                return server.accept();
            } catch (SocketTimeoutException e) {
                if (!process.isAlive()) {
                    throw new AssertionError(
                            "The other process of the kit, with the class path of this one, ended at once. It wrote: "
                                    + Files.readString(output),
                            e);
                }
            }
        }
        process.destroyForcibly();
        throw new AssertionError("The other process of the kit did not connect. It wrote: " + Files.readString(output));
    }

    /** Lets it open the storage. Returns {@link #OPEN}, or the code of the error that refused it. */
    String open() throws IOException {
        requests.writeUTF(OPEN);
        return answers.readUTF();
    }

    /**
     * Lets it store pairs of records in the catalog and in {@link FixtureBackends#PLACE}, and kills it as soon as it
     * has reported a number of pairs. Returns how many it reported in each place.
     */
    Map<String, Long> killAfter(int pairs) throws IOException {
        requests.writeUTF("write");
        Map<String, Long> reported = new HashMap<>();
        try {
            for (int i = 1; true; i++) {
                String place = answers.readUTF();
                reported.merge(place, 1L, Long::sum);
                if (i == pairs) {
                    process.destroyForcibly();
                }
            }
        } catch (EOFException | SocketException e) {
            return reported;
        }
    }

    /**
     * Lets it rename, replace and exchange databases in several threads, see {@link ChangedDatabases}, and kills it at
     * a random moment. Returns the last step that it has reported of each kind of change.
     *
     * @param transfer whether it replaces and exchanges, too
     */
    Map<String, Long> killWhileItChanges(boolean transfer) throws IOException {
        requests.writeUTF(transfer ? "change all" : "change names");
        Map<String, Long> reported = new HashMap<>();
        boolean killed = false;
        int more = ThreadLocalRandom.current().nextInt(1, 7);
        try {
            while (true) {
                String kind = answers.readUTF();
                reported.merge(kind, 1L, Long::sum);
                boolean allAreChanging = reported.size() == (transfer ? 3 : 1)
                        && reported.values().stream().allMatch(steps -> steps >= ChangedDatabases.STEPS);
                if (allAreChanging && more-- == 0) {
                    killed = true;
                    process.destroyForcibly();
                }
            }
        } catch (EOFException | SocketException e) {
            if (!killed) {
                throw new AssertionError(
                        "The other process of the kit failed before it was killed, after " + reported + ". It wrote: "
                                + Files.readString(output),
                        e);
            }
            return reported;
        }
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        socket.close();
        Files.deleteIfExists(output);
    }

    static Parameter first(long pair) {
        return new Parameter(0, "first of " + pair, "x".repeat(200), false);
    }

    static Parameter second(long pair) {
        return new Parameter(0, "second of " + pair, "", true);
    }

    /** The main class of the process. */
    static final class Child {
        private final DataOutputStream answers;
        private @Nullable Backend backend;

        private Child(DataOutputStream answers) {
            this.answers = answers;
        }

        public static void main(String[] arguments) throws IOException {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0]))) {
                DataInputStream requests = new DataInputStream(socket.getInputStream());
                BackendProvider provider = provider(requests.readUTF());
                Map<String, String> settings = new HashMap<>();
                for (String key = requests.readUTF(); !key.isEmpty(); key = requests.readUTF()) {
                    settings.put(key, requests.readUTF());
                }
                Child child = new Child(new DataOutputStream(socket.getOutputStream()));
                while (true) {
                    switch (requests.readUTF()) {
                        case OPEN -> child.open(provider, settings);
                        case "write" -> child.write();
                        case "change all" -> child.change(true);
                        default -> child.change(false);
                    }
                }
            }
        }

        private static BackendProvider provider(String name) {
            return ServiceLoader.load(BackendProvider.class).stream()
                    .map(ServiceLoader.Provider::get)
                    .filter(provider -> provider.name().equals(name))
                    .findFirst()
                    .orElseThrow();
        }

        private void open(BackendProvider provider, Map<String, String> settings) throws IOException {
            try {
                Backend opened = provider.open(Settings.of(settings));
                opened.catalog().migrate();
                backend = opened;
                answers.writeUTF(OPEN);
            } catch (SaasException e) {
                answers.writeUTF(e.code());
            }
        }

        private void write() throws IOException {
            Backend opened = Objects.requireNonNull(backend);
            Databases databases = opened.databases(BackendFixture.DEFAULT_SERVER);
            databases.create(FixtureBackends.PLACE);
            List<RecordPlace> places =
                    List.of(RecordPlace.of(opened.catalog()), RecordPlace.of(databases, FixtureBackends.PLACE));
            for (long pair = 1; true; pair++) {
                for (RecordPlace place : places) {
                    long number = pair;
                    place.transact(tx -> insert(tx, number));
                    answers.writeUTF(place.name());
                }
            }
        }

        private void change(boolean transfer) {
            ChangedDatabases changed =
                    new ChangedDatabases(Objects.requireNonNull(backend).databases(BackendFixture.DEFAULT_SERVER));
            changed.create(transfer);
            List<Consumer<Long>> changes =
                    transfer ? List.of(changed::rename, changed::replace, changed::exchange) : List.of(changed::rename);
            List<String> kinds = ChangedDatabases.KINDS;
            Race.runAll(changes.size(), i -> {
                for (long step = 1; true; step++) {
                    changes.get(i).accept(step);
                    report(kinds.get(i));
                }
            });
        }

        private synchronized void report(String kind) {
            try {
                answers.writeUTF(kind);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static Parameter insert(Transaction transaction, long pair) {
            var parameters = transaction.records(RecordTypes.PARAMETERS);
            parameters.insert(first(pair));
            return parameters.insert(second(pair));
        }
    }
}
