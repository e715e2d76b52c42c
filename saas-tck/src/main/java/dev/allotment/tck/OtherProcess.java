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
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** Another process that opens the storage of a fixture, with the class path of this one, and that can be killed. */
final class OtherProcess implements AutoCloseable {
    static final String OPEN = "open";
    private static final int TIMEOUT_MILLIS = 60_000;

    private final Process process;
    private final Socket socket;
    private final DataInputStream answers;
    private final DataOutputStream requests;

    private OtherProcess(Process process, Socket socket) throws IOException {
        this.process = process;
        this.socket = socket;
        this.answers = new DataInputStream(socket.getInputStream());
        this.requests = new DataOutputStream(socket.getOutputStream());
    }

    static OtherProcess start(BackendFixture fixture) throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(TIMEOUT_MILLIS);
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Child.class.getName(),
                            Integer.toString(server.getLocalPort()))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            OtherProcess other = new OtherProcess(process, server.accept());
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

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        socket.close();
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
                    if (requests.readUTF().equals(OPEN)) {
                        child.open(provider, settings);
                    } else {
                        child.write();
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

        private static Parameter insert(Transaction transaction, long pair) {
            var parameters = transaction.records(RecordTypes.PARAMETERS);
            parameters.insert(first(pair));
            return parameters.insert(second(pair));
        }
    }
}
