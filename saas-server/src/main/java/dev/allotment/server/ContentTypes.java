// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import java.util.Map;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Sends the content types of the protocols exactly as the contract writes them, since strict clients compare them.
 * Jetty
 * leaves out the space before the charset.
 */
final class ContentTypes extends Handler.Wrapper {
    private static final Map<String, HttpField> WITH_SPACE = Map.of(
            "text/xml;charset=utf-8",
            new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "text/xml; charset=utf-8"),
            "application/json;charset=utf-8",
            new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "application/json; charset=utf-8"));

    ContentTypes(Handler handler) {
        super(handler);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        request.addHttpStreamWrapper(Spaced::new);
        return super.handle(request, response, callback);
    }

    private static final class Spaced extends HttpStream.Wrapper {
        Spaced(HttpStream stream) {
            super(stream);
        }

        @Override
        public void prepareResponse(HttpFields.Mutable headers) {
            String type = headers.get(HttpHeader.CONTENT_TYPE);
            HttpField spaced = type == null ? null : WITH_SPACE.get(type);
            if (spaced != null) {
                headers.put(spaced);
            }
            super.prepareResponse(headers);
        }
    }
}
