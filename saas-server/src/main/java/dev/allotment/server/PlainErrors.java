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

/** Answers errors outside of this project's code with one line of text: no page, no cause, no product name. */
final class PlainErrors extends ErrorHandler {
    private static final HttpField PLAIN = new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "text/plain;charset=utf-8");

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        response.getHeaders().put(PLAIN);
        if (response.getStatus() == HttpStatus.SERVICE_UNAVAILABLE_503) {
            response.getHeaders().put(HttpHeader.RETRY_AFTER, 1);
        }
        response.write(true, ByteBuffer.wrap(line(request, response).getBytes(StandardCharsets.US_ASCII)), callback);
        return true;
    }

    private static String line(Request request, Response response) {
        int status = response.getStatus();
        String id = status == HttpStatus.INTERNAL_SERVER_ERROR_500 ? RequestIds.find(request) : null;
        return HttpStatus.getMessage(status) + (id == null ? ".\n" : ", reference " + id + ".\n");
    }
}
