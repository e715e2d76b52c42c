// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

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
 * Sends the content type of XML-RPC exactly as the contract writes it, since strict clients compare it. Jetty leaves
 * out the space before the charset.
 */
final class XmlContentType extends Handler.Wrapper {
    private static final String WITHOUT_SPACE = "text/xml;charset=utf-8";
    private static final HttpField WITH_SPACE =
            new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "text/xml; charset=utf-8");

    XmlContentType(Handler handler) {
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
            if (headers.contains(HttpHeader.CONTENT_TYPE, WITHOUT_SPACE)) {
                headers.put(WITH_SPACE);
            }
            super.prepareResponse(headers);
        }
    }
}
