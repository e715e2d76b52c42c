// SPDX-License-Identifier: Apache-2.0
package dev.allotment.benchmarks;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A persistent connection for calls. It does as little as possible, because it shares the processors with what
 * it measures. Not thread-safe.
 */
final class Wire implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final int port;

    Wire(int port) throws IOException {
        this.port = port;
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream(), 16 * 1024);
        out = socket.getOutputStream();
    }

    /** Returns the bytes of a request. Parameters are strings, numbers, booleans, lists and maps. */
    byte[] request(String path, String method, Object... params) {
        StringBuilder body = new StringBuilder(
                "<?xml version='1.0'?>\n<methodCall>\n<methodName>" + method + "</methodName>\n<params>\n");
        for (Object param : params) {
            body.append("<param>\n");
            value(body, param);
            body.append("</param>\n");
        }
        byte[] document = body.append("</params>\n</methodCall>\n").toString().getBytes(StandardCharsets.UTF_8);
        String head = "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port
                + "\r\nContent-Type: text/xml\r\nContent-Length: " + document.length + "\r\n\r\n";
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
        whole.writeBytes(document);
        return whole.toByteArray();
    }

    /** Returns the bytes of a JSON-2 call. */
    byte[] json2(String path, String key, String body) {
        byte[] document = body.getBytes(StandardCharsets.UTF_8);
        String head = "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port
                + "\r\nContent-Type: application/json\r\nAuthorization: bearer " + key + "\r\nContent-Length: "
                + document.length + "\r\n\r\n";
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
        whole.writeBytes(document);
        return whole.toByteArray();
    }

    /** Returns the bytes of a request of the REST API that reads. */
    byte[] get(String path, String key) {
        return ("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nAuthorization: Bearer " + key
                        + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static void value(StringBuilder body, Object value) {
        body.append("<value>");
        if (value instanceof Integer || value instanceof Long) {
            body.append("<int>").append(value).append("</int>");
        } else if (value instanceof Boolean truth) {
            body.append("<boolean>").append(truth ? 1 : 0).append("</boolean>");
        } else if (value instanceof List<?> list) {
            body.append("<array><data>\n");
            list.forEach(each -> value(body, each));
            body.append("</data></array>");
        } else if (value instanceof Map<?, ?> map) {
            body.append("<struct>\n");
            map.forEach((name, each) -> {
                body.append("<member>\n<name>").append(name).append("</name>\n");
                value(body, each);
                body.append("</member>\n");
            });
            body.append("</struct>");
        } else {
            body.append("<string>").append(value).append("</string>");
        }
        body.append("</value>\n");
    }

    /** Sends a request and returns the body of the answer. Throws if it is a fault. */
    String call(byte[] request) throws IOException {
        String answer = new String(send(request), StandardCharsets.UTF_8);
        if (answer.contains("<fault>")) {
            throw new IllegalStateException("A fault: " + answer);
        }
        return answer;
    }

    /** Returns how long an answer takes, even if it is a fault. */
    long time(byte[] request) throws IOException {
        long begun = System.nanoTime();
        send(request);
        return System.nanoTime() - begun;
    }

    /** Returns how long an answer takes. Throws if it is a fault. */
    long timeOfSuccess(byte[] request) throws IOException {
        long begun = System.nanoTime();
        byte[] answer = send(request);
        long taken = System.nanoTime() - begun;
        String text = new String(answer, StandardCharsets.UTF_8);
        if (text.contains("<fault>")) {
            throw new IllegalStateException("A fault: " + text);
        }
        return taken;
    }

    private byte[] send(byte[] request) throws IOException {
        out.write(request);
        out.flush();
        int length = -1;
        String status = line();
        if (!status.contains(" 200 ")) {
            throw new IllegalStateException("Refused: " + status);
        }
        for (String line = line(); !line.isEmpty(); line = line()) {
            if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(
                        line.substring("content-length:".length()).strip());
            }
        }
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new IOException("The answer is incomplete");
        }
        return body;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("The connection was closed");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
