// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.outgoing;

import dev.allotment.webhook.WebhookTargets;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests with HTTP/1.1, each to an address that was checked after the name was resolved. The connection goes to
 * exactly this address, so that a second look at the name cannot lead somewhere else. Follows no redirect. Thread-safe.
 */
public final class OutgoingRequests {
    private static final Duration LONGEST_CONNECTING = Duration.ofSeconds(5);
    private static final Duration LONGEST_REST = Duration.ofSeconds(1);
    private static final int MOST_ADDRESSES = 3;
    private static final int FIRST_FINAL_STATUS = 200;
    private static final int MOST_HEAD = 16 * 1024;
    private static final int MOST_REST = 4 * 1024;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})(?: .*)?");

    /**
     * What a receiver answered.
     *
     * @param headers with their names in lower case
     * @param rest the body, or its start
     */
    public record Answer(int status, Map<String, String> headers, String rest) {}

    /** An attempt that got no answer. The message is for people, and names no address. */
    public static final class NoAnswerException extends Exception {
        private static final long serialVersionUID = 1;

        NoAnswerException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    private final AllowedAddresses allowed;
    private final @Nullable SSLContext trust;
    private final LongSupplier ticker;
    private final Duration longest;

    /** @param longest how long a request takes at most, without looking for the address of the host */
    public OutgoingRequests(WebhookTargets targets, LongSupplier ticker, Duration longest) {
        this.longest = longest;
        this.allowed = new AllowedAddresses(targets);
        this.trust = targets.trust();
        this.ticker = ticker;
    }

    /** Sends a POST request to a receiver whose answer is its status. Of the body, some of the start is read. */
    public Answer post(TargetUrl url, Map<String, String> headers, byte[] body) throws NoAnswerException {
        return send(url, request("POST", url, headers, body), (socket, in) -> {
            Answer answer = answer(in);
            socket.endIn(LONGEST_REST.toNanos());
            return new Answer(answer.status(), answer.headers(), rest(in));
        });
    }

    /**
     * Sends a request whose answer has a body that counts.
     *
     * @param body null: a GET request
     * @param most how many bytes the body of the answer has at most
     */
    public Answer exchange(TargetUrl url, Map<String, String> headers, @Nullable String body, int most)
            throws NoAnswerException {
        byte[] sent = body == null
                ? request("GET", url, headers, new byte[0])
                : request("POST", url, headers, body.getBytes(StandardCharsets.UTF_8));
        return send(url, sent, (socket, in) -> {
            Answer answer = answer(in);
            return new Answer(
                    answer.status(),
                    answer.headers(),
                    AnswerBody.of(answer.headers(), most).read(in));
        });
    }

    /** Reads an answer before the time of its connection has ended. */
    private interface Reading {
        Answer from(DeadlineSocket socket, InputStream in) throws IOException;
    }

    private Answer send(TargetUrl url, byte[] request, Reading reading) throws NoAnswerException {
        List<InetAddress> addresses = addresses(url.host());
        try (DeadlineSocket raw = connect(addresses, url.port())) {
            try (Socket socket = url.tls() ? encrypted(raw, url) : raw) {
                socket.getOutputStream().write(request);
                socket.getOutputStream().flush();
                return reading.from(raw, new BufferedInputStream(socket.getInputStream()));
            }
        } catch (SocketTimeoutException e) {
            throw new NoAnswerException("There was no complete response within " + longest.toSeconds() + " s.", e);
        } catch (AnswerBody.TooLongException e) {
            throw new NoAnswerException("The response is too long.", e);
        } catch (SSLException e) {
            throw new NoAnswerException(
                    "The TLS connection failed: the certificate is not valid for the host, or there is no common"
                            + " version.",
                    e);
        } catch (IOException e) {
            throw new NoAnswerException("The connection failed, or ended before the response.", e);
        }
    }

    /** All addresses, so that none of them is used if one is not allowed. */
    private List<InetAddress> addresses(String host) throws NoAnswerException {
        List<InetAddress> addresses;
        try {
            addresses = List.of(InetAddress.getAllByName(host));
        } catch (UnknownHostException e) {
            throw new NoAnswerException("The name of the host has no address.", e);
        }
        if (!addresses.stream().allMatch(allowed::contains)) {
            throw new NoAnswerException("The host has an address that is not public.", null);
        }
        return addresses;
    }

    private DeadlineSocket connect(List<InetAddress> addresses, int port) throws NoAnswerException {
        long end = ticker.getAsLong() + longest.toNanos();
        IOException last = null;
        for (InetAddress address : addresses.subList(0, Math.min(addresses.size(), MOST_ADDRESSES))) {
            DeadlineSocket socket = new DeadlineSocket(ticker, end - ticker.getAsLong());
            try {
                int wait = Math.min(socket.remaining(), Math.toIntExact(LONGEST_CONNECTING.toMillis()));
                socket.connect(new InetSocketAddress(address, port), wait);
                return socket;
            } catch (IOException e) {
                last = e;
                close(socket);
            }
        }
        throw new NoAnswerException("The host accepts no connection.", last);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // There is no connection to close.
        }
    }

    private SSLSocket encrypted(Socket raw, TargetUrl url) throws IOException {
        SSLSocketFactory factory =
                trust == null ? (SSLSocketFactory) SSLSocketFactory.getDefault() : trust.getSocketFactory();
        SSLSocket socket = (SSLSocket) factory.createSocket(raw, url.host(), url.port(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setServerNames(url.literal() ? List.of() : List.of(new SNIHostName(url.host())));
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static byte[] request(String method, TargetUrl url, Map<String, String> headers, byte[] body) {
        StringBuilder head =
                new StringBuilder(method).append(' ').append(url.file()).append(" HTTP/1.1\r\n");
        head.append("host: ").append(url.hostHeader()).append("\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        head.append("content-length: ").append(body.length).append("\r\nconnection: close\r\n\r\n");
        byte[] start = head.toString().getBytes(StandardCharsets.US_ASCII);
        byte[] all = new byte[start.length + body.length];
        System.arraycopy(start, 0, all, 0, start.length);
        System.arraycopy(body, 0, all, start.length, body.length);
        return all;
    }

    private static Answer answer(InputStream in) throws IOException {
        Head head = new Head(in);
        while (true) {
            Matcher line = STATUS.matcher(head.line());
            if (!line.matches()) {
                throw new IOException("No response of HTTP");
            }
            Map<String, String> headers = head.headers();
            int status = Integer.parseInt(line.group(1));
            // Lower ones announce the response.
            if (status >= FIRST_FINAL_STATUS) {
                return new Answer(status, headers, "");
            }
        }
    }

    /** What comes before the body of the response. */
    private static final class Head {
        private final InputStream in;
        private int left = MOST_HEAD;

        Head(InputStream in) {
            this.in = in;
        }

        Map<String, String> headers() throws IOException {
            Map<String, String> headers = new HashMap<>();
            for (String line = line(); !line.isEmpty(); line = line()) {
                int colon = line.indexOf(':');
                if (colon > 0) {
                    headers.putIfAbsent(
                            line.substring(0, colon).toLowerCase(Locale.ROOT),
                            line.substring(colon + 1).strip());
                }
            }
            return headers;
        }

        String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int each = in.read(); each != '\n'; each = in.read()) {
                if (each < 0 || left == 0) {
                    throw new IOException("The head of the response is too long, or ends early");
                }
                left--;
                line.append((char) each);
            }
            return line.toString().strip();
        }
    }

    /** Read also so that the receiver can write its response to the end, if it is short. */
    private static String rest(InputStream in) {
        byte[] rest = new byte[MOST_REST];
        int length = 0;
        try {
            for (int read = 0; read >= 0 && length < MOST_REST; read = in.read(rest, length, MOST_REST - length)) {
                length += read;
            }
        } catch (IOException e) {
            // The status is known. What came before this is read.
        }
        return new String(rest, 0, length, StandardCharsets.UTF_8);
    }
}
