// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.server.remote.RemoteProgram;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes typical first calls to the server itself, so that Java sees the classes that these and commands need. */
final class TrainingRun {
    private static final Logger LOG = LoggerFactory.getLogger(TrainingRun.class);
    private static final String AUTHENTICATE =
            "<?xml version='1.0'?><methodCall><methodName>authenticate</methodName><params>"
                    + "<param><value><string>portal.localhost</string></value></param>"
                    + "<param><value><string>admin</string></value></param>"
                    + "<param><value><string>admin</string></value></param>"
                    + "<param><value><struct></struct></value></param></params></methodCall>";

    private TrainingRun() {}

    static void call(InetAddress address, int port) {
        try (Socket socket = new Socket(address, port)) {
            String request = "POST /xmlrpc/2/common HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\n"
                    + "Connection: close\r\nContent-Length: " + AUTHENTICATE.length() + "\r\n\r\n" + AUTHENTICATE;
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            LOG.debug("Answered in {} bytes", socket.getInputStream().readAllBytes().length);
        } catch (IOException e) {
            LOG.debug("No answer", e);
        }
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        RemoteProgram.run(
                Map.of("ALLOTMENT_URL", "http://127.0.0.1:" + port, "ALLOTMENT_KEY", "none"),
                nowhere,
                nowhere,
                false,
                "tenant",
                "list");
    }
}
