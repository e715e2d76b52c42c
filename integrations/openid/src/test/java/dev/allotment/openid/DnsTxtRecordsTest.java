// SPDX-License-Identifier: Apache-2.0
package dev.allotment.openid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Asks a DNS server on this computer over UDP. */
final class DnsTxtRecordsTest {
    private static final String NAME = "_allotment.example.com";
    private static final int NO_ERROR = 0;
    private static final int SERVER_FAILURE = 2;
    private static final int NO_NAME = 3;
    private static final int REFUSED = 5;

    private final Map<String, List<String>> texts = new ConcurrentHashMap<>();
    private volatile int status = NO_ERROR;
    private DatagramSocket socket;
    private Thread server;
    private DnsTxtRecords records;

    @BeforeEach
    void open() throws IOException {
        socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        records = new DnsTxtRecords("dns://127.0.0.1:" + socket.getLocalPort());
        server = new Thread(this::serve, "dns");
        server.setDaemon(true);
        server.start();
    }

    @AfterEach
    void close() throws InterruptedException {
        socket.close();
        server.join();
    }

    private void serve() {
        byte[] buffer = new byte[512];
        while (true) {
            DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
            try {
                socket.receive(packet);
                byte[] answer = answer(Arrays.copyOf(packet.getData(), packet.getLength()));
                socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            } catch (SocketException e) {
                return;
            } catch (IOException e) {
                throw new IllegalStateException("The DNS server of the test fails", e);
            }
        }
    }

    private byte[] answer(byte[] query) throws IOException {
        int end = 12;
        StringBuilder name = new StringBuilder();
        while (query[end] != 0) {
            name.append(name.isEmpty() ? "" : ".")
                    .append(new String(query, end + 1, query[end], StandardCharsets.US_ASCII));
            end += query[end] + 1;
        }
        end += 5;
        List<String> found = texts.getOrDefault(name.toString(), List.of());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(query, 0, 2);
        out.writeShort(0x8180 | status);
        out.writeShort(1);
        out.writeShort(found.size());
        out.writeInt(0);
        out.write(query, 12, end - 12);
        for (String text : found) {
            out.writeShort(0xC00C);
            out.writeShort(16);
            out.writeShort(1);
            out.writeInt(60);
            out.writeShort(text.length() + 1);
            out.writeByte(text.length());
            out.writeBytes(text);
        }
        return bytes.toByteArray();
    }

    @Test
    void findsAllTexts() throws IOException {
        texts.put(NAME, List.of("v=spf1 -all", "allotment-domain=aZ09-_"));

        assertThat(records.find(NAME)).contains("allotment-domain=aZ09-_").hasSize(2);
    }

    @Test
    void findsNothingIfThereIsNoRecord() throws IOException {
        assertThat(records.find(NAME)).isEmpty();
    }

    @Test
    void findsNothingIfThereIsNoName() throws IOException {
        status = NO_NAME;

        assertThat(records.find(NAME)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {SERVER_FAILURE, REFUSED})
    void failsIfTheServerDoesNotKnow(int error) {
        status = error;

        assertThatThrownBy(() -> records.find(NAME)).isInstanceOf(IOException.class);
    }

    @Test
    void failsIfThereIsNoServer() {
        socket.close();

        assertThatThrownBy(() -> records.find(NAME)).isInstanceOf(IOException.class);
    }
}
