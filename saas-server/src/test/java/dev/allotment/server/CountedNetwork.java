// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A network between clients and a PostgreSQL server, which reads what clients send. It counts round trips: how often a
 * client lets the server answer, whatever it has sent until then. See the chapter "Message Formats" of the
 * documentation of PostgreSQL.
 */
final class CountedNetwork implements AutoCloseable {
    private static final int SSL_REQUEST = 80877103;
    private static final int GSS_REQUEST = 80877104;

    private final ServerSocket entry;
    private final int target;
    private final ConcurrentLinkedQueue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> trips = new ConcurrentLinkedQueue<>();

    /** @param target the port of the server on this host */
    CountedNetwork(int target) throws IOException {
        this.target = target;
        entry = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    int port() {
        return entry.getLocalPort();
    }

    /** Returns the round trips since the last call, each with its statements. */
    List<String> trips() {
        List<String> taken = new ArrayList<>();
        for (String trip = trips.poll(); trip != null; trip = trips.poll()) {
            taken.add(trip);
        }
        return taken;
    }

    private void accept() {
        try {
            while (true) {
                Socket client = entry.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(client);
                sockets.add(server);
                start(() -> read(client, server));
                start(() -> pass(server, client));
            }
        } catch (IOException e) {
            // It was closed.
        }
    }

    /** Passes on what a client sends, message by message. */
    private void read(Socket client, Socket server) {
        Map<String, String> prepared = new HashMap<>();
        StringBuilder trip = new StringBuilder();
        try (DataInputStream in = new DataInputStream(client.getInputStream());
                DataOutputStream out = new DataOutputStream(server.getOutputStream())) {
            start(in, out);
            while (true) {
                byte type = in.readByte();
                int length = in.readInt();
                byte[] body = in.readNBytes(length - 4);
                switch (type) {
                    case 'Q' -> trip.append(text(body, 0)).append("; ");
                    case 'P' -> {
                        String name = text(body, 0);
                        prepared.put(name, text(body, name.length() + 1));
                    }
                    case 'B' ->
                        trip.append(prepared.get(text(body, text(body, 0).length() + 1)))
                                .append("; ");
                    default -> {}
                }
                // The driver sends BEGIN with the next statement, and does not wait in between.
                if (type == 'S' || (type == 'Q' && !trip.toString().equals("BEGIN; "))) {
                    // The pool asks with an empty statement whether a connection that was idle is alive.
                    if (!trip.toString().equals("; ")) {
                        trips.add(trip.toString());
                    }
                    trip.setLength(0);
                }
                out.writeByte(type);
                out.writeInt(length);
                out.write(body);
                out.flush();
            }
        } catch (EOFException | SocketException e) {
            // The session has ended.
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The first message has no type, and may be preceded by a request for encryption. */
    private static void start(DataInputStream in, DataOutputStream out) throws IOException {
        int code;
        do {
            int length = in.readInt();
            byte[] body = in.readNBytes(length - 4);
            code = (body[0] & 255) << 24 | (body[1] & 255) << 16 | (body[2] & 255) << 8 | (body[3] & 255);
            out.writeInt(length);
            out.write(body);
            out.flush();
        } while (code == SSL_REQUEST || code == GSS_REQUEST);
    }

    /** The text from a position to the next zero. */
    private static String text(byte[] body, int from) {
        int end = from;
        while (body[end] != 0) {
            end++;
        }
        return new String(body, from, end - from, StandardCharsets.ISO_8859_1);
    }

    private static void pass(Socket from, Socket to) {
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            in.transferTo(out);
        } catch (IOException e) {
            // The other direction has ended.
        }
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "counted-network");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        entry.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
