// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** One line of text for whatever goes wrong before or beside our own code: no page, no cause, no name of a product. */
final class PlainErrors extends ErrorHandler {
    private static final HttpField PLAIN = new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "text/plain;charset=utf-8");

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        response.getHeaders().put(PLAIN);
        response.write(true, line(response.getStatus()), callback);
        return true;
    }

    private static ByteBuffer line(int status) {
        return ByteBuffer.wrap((HttpStatus.getMessage(status) + ".\n").getBytes(StandardCharsets.US_ASCII));
    }
}
