// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A network between clients and a server. On demand it stops passing data on and reports nothing to either side,
 * as if the host of the other one had lost its power.
 */
final class SilentNetwork implements AutoCloseable {
    private record Link(Socket client, Socket server, AtomicBoolean silent) {}

    private final ServerSocket entry;
    private final int target;
    private final List<Link> links = new CopyOnWriteArrayList<>();
    private volatile boolean newOnesSilent;

    /** @param target the port of the server on this host */
    SilentNetwork(int target) {
        this.target = target;
        try {
            entry = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        start(this::accept);
    }

    int port() {
        return entry.getLocalPort();
    }

    /** How many connections there were so far. */
    int connections() {
        return links.size();
    }

    /** Makes the connections of this moment silent for good. New ones work. */
    void silenceConnections() {
        links.forEach(link -> link.silent().set(true));
    }

    /** Makes all connections silent, also new ones, until it is undone for new ones. */
    void silenceAll(boolean silent) {
        newOnesSilent = silent;
        if (silent) {
            silenceConnections();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket client = entry.accept();
                Link link = new Link(
                        client, new Socket(InetAddress.getLoopbackAddress(), target), new AtomicBoolean(newOnesSilent));
                links.add(link);
                start(() -> pass(link, link.client(), link.server()));
                start(() -> pass(link, link.server(), link.client()));
            }
        } catch (IOException e) {
            // It was closed.
        }
    }

    private static void pass(Link link, Socket from, Socket to) {
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            byte[] data = new byte[1 << 16];
            for (int length = in.read(data); length >= 0; length = in.read(data)) {
                if (!link.silent().get()) {
                    out.write(data, 0, length);
                }
            }
        } catch (IOException e) {
            // The other direction has ended.
        }
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "silent-network");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            entry.close();
            for (Link link : links) {
                link.client().close();
                link.server().close();
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
