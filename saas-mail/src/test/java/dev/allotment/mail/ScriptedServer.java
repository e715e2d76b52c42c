// SPDX-License-Identifier: Apache-2.0
package dev.allotment.mail;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A mail server that says what a test wants it to, or nothing at all. */
final class ScriptedServer implements AutoCloseable {
    private static final Map<String, String> CIVIL =
            Map.of("", "220 here", "EHLO", "250 here", "DATA", "354 go on", ".", "250 taken", "QUIT", "221 bye");

    private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final List<Socket> callers = new CopyOnWriteArrayList<>();
    private final Map<String, String> answers;
    private final boolean silent;

    private ScriptedServer(Map<String, String> answers, boolean silent) throws IOException {
        this.answers = answers;
        this.silent = silent;
        Thread thread = new Thread(this::serve, "scripted mail server");
        thread.setDaemon(true);
        thread.start();
    }

    /** @param answers by the command's first word in upper case; others are answered with 250 */
    static ScriptedServer answering(Map<String, String> answers) {
        return start(answers, false);
    }

    /** Takes connections and never says a word. */
    static ScriptedServer silent() {
        return start(Map.of(), true);
    }

    private static ScriptedServer start(Map<String, String> answers, boolean silent) {
        try {
            return new ScriptedServer(answers, silent);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String url() {
        return "smtp://127.0.0.1:" + socket.getLocalPort();
    }

    int calls() {
        return callers.size();
    }

    /** Every line so far. */
    List<String> heard() {
        return heard;
    }

    private void serve() {
        while (!socket.isClosed()) {
            try {
                Socket caller = socket.accept();
                callers.add(caller);
                if (!silent) {
                    talk(caller);
                }
            } catch (IOException e) {
                // The caller has hung up, or the test is over.
            }
        }
    }

    private void talk(Socket caller) throws IOException {
        try (BufferedReader in =
                        new BufferedReader(new InputStreamReader(caller.getInputStream(), StandardCharsets.UTF_8));
                OutputStream out = caller.getOutputStream()) {
            say(out, "");
            boolean data = false;
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                heard.add(line);
                if (data && !line.equals(".")) {
                    continue;
                }
                String word = line.split(" ", 2)[0].toUpperCase(Locale.ROOT);
                say(out, word);
                data = word.equals("DATA");
            }
        }
    }

    private void say(OutputStream out, String word) throws IOException {
        String answer = answers.getOrDefault(word, CIVIL.getOrDefault(word, "250 well"));
        out.write((answer + "\r\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    @Override
    public void close() throws IOException {
        socket.close();
        for (Socket caller : callers) {
            caller.close();
        }
    }
}
