// SPDX-License-Identifier: Apache-2.0
package dev.allotment.ha;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A network path to one port. While it is cut, no byte arrives on either side, and neither side is notified. Thread-safe.
 */
final class Link implements AutoCloseable {
    private static final int SIZE = 16 * 1024;

    private final ServerSocket door = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private boolean cut;

    Link(int target) throws IOException {
        this.target = target;
        start(this::accept);
    }

    int port() {
        return door.getLocalPort();
    }

    synchronized void cut() {
        cut = true;
    }

    synchronized void restore() {
        cut = false;
        notifyAll();
    }

    private synchronized void pass() throws InterruptedException {
        while (cut) {
            wait();
        }
    }

    /** Runs until a connection ends. */
    private interface Task {
        void run() throws IOException, InterruptedException;
    }

    private static void start(Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (IOException e) {
                        // One of the two sides has ended the connection, or the test has ended.
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "link");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() throws IOException, InterruptedException {
        while (true) {
            Socket from = door.accept();
            sockets.add(from);
            start(() -> connect(from));
        }
    }

    private void connect(Socket from) throws IOException, InterruptedException {
        try {
            pass();
            Socket to = new Socket(InetAddress.getLoopbackAddress(), target);
            sockets.add(to);
            start(() -> pump(to, from));
            pump(from, to);
        } finally {
            end(from);
        }
    }

    private void pump(Socket from, Socket to) throws IOException, InterruptedException {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] bytes = new byte[SIZE];
            for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
                pass();
                out.write(bytes, 0, length);
                out.flush();
            }
            // The end of a connection does not arrive through a path that is cut either.
            pass();
        } finally {
            end(from);
            end(to);
        }
    }

    private void end(Socket socket) throws IOException {
        sockets.remove(socket);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        restore();
        door.close();
        for (Socket each : sockets) {
            each.close();
        }
    }
}
