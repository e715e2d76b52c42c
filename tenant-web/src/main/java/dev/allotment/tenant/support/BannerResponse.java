// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.support;

import dev.allotment.support.SupportSession;
import dev.allotment.tenant.request.Visit;
import dev.allotment.tenant.session.SignedIn;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletResponseWrapper;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The response to an operator who is in a tenant. Pages get the banner, and no response stays in a cache of the
 * browser. A page that the application has compressed or encoded in another way is not changed. Not thread-safe.
 */
public final class BannerResponse extends HttpServletResponseWrapper {
    private static final String LENGTH = "Content-Length";
    private static final String CACHE = "Cache-Control";
    private static final String NO_STORE = "no-store";

    private final byte[] banner;
    private @Nullable ServletOutputStream out;
    private @Nullable PrintWriter writer;

    private BannerResponse(HttpServletResponse response, byte[] banner) {
        super(response);
        this.banner = banner;
    }

    public static BannerResponse of(Visit visit, SignedIn signedIn, SupportSession session) {
        visit.response().setHeader(CACHE, NO_STORE);
        return new BannerResponse(visit.response(), SupportBanner.of(visit.site(), signedIn, session));
    }

    /**
     * Returns the response with the banner when the container dispatches the request again, once: it may have wrapped
     * its own response, or this one.
     */
    public HttpServletResponse on(HttpServletResponse dispatched, DispatcherType type) {
        if (dispatched instanceof BannerResponse || isWrapped(dispatched)) {
            return dispatched;
        }
        if (type == DispatcherType.ASYNC && dispatched == getResponse()) {
            // The application may have written a part of the page before.
            return this;
        }
        // For an error, the container has removed what was written, and the headers.
        dispatched.setHeader(CACHE, NO_STORE);
        return new BannerResponse(dispatched, banner);
    }

    private static boolean isWrapped(HttpServletResponse response) {
        return response instanceof ServletResponseWrapper wrapper && wrapper.isWrapperFor(BannerResponse.class);
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        ServletOutputStream known = out;
        if (known == null) {
            known = new LateOutput(super.getOutputStream());
            out = known;
        }
        return known;
    }

    @Override
    public PrintWriter getWriter() throws IOException {
        PrintWriter known = writer;
        if (known == null) {
            // As the container does: the charset is fixed and announced from now on.
            setCharacterEncoding(getCharacterEncoding());
            known = new PrintWriter(new BannerWriter(getOutputStream(), Charset.forName(getCharacterEncoding())));
            writer = known;
        }
        return known;
    }

    /** Decides when the first byte is written, since the type of the content may be known late. */
    private final class LateOutput extends ServletOutputStream {
        private final ServletOutputStream container;
        private @Nullable ServletOutputStream decided;

        LateOutput(ServletOutputStream container) {
            this.container = container;
        }

        private ServletOutputStream decided() {
            ServletOutputStream known = decided;
            if (known == null) {
                known = isPage() ? new BannerOutput(container, banner) : container;
                decided = known;
            }
            return known;
        }

        @Override
        public void write(int each) throws IOException {
            decided().write(each);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            decided().write(bytes, from, length);
        }

        @Override
        public void flush() throws IOException {
            container.flush();
        }

        @Override
        public void close() throws IOException {
            container.close();
        }

        @Override
        public boolean isReady() {
            return container.isReady();
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            container.setWriteListener(listener);
        }
    }

    private boolean isPage() {
        String type = getContentType();
        return type != null
                && type.toLowerCase(Locale.ROOT).startsWith("text/html")
                && getHeader("Content-Encoding") == null
                && "a"
                        .equals(new String(
                                "a".getBytes(Charset.forName(getCharacterEncoding())), StandardCharsets.US_ASCII));
    }

    @Override
    public void reset() {
        super.reset();
        forget();
        super.setHeader(CACHE, NO_STORE);
    }

    @Override
    public void resetBuffer() {
        super.resetBuffer();
        forget();
    }

    private void forget() {
        out = null;
        writer = null;
    }

    /** A page gets longer. */
    @Override
    public void setContentLength(int length) {
        // The container counts.
    }

    @Override
    public void setContentLengthLong(long length) {
        // The container counts.
    }

    private static boolean passes(String name) {
        return !name.equalsIgnoreCase(LENGTH) && !name.equalsIgnoreCase(CACHE);
    }

    @Override
    public void setHeader(String name, String value) {
        if (passes(name)) {
            super.setHeader(name, value);
        }
    }

    @Override
    public void addHeader(String name, String value) {
        if (passes(name)) {
            super.addHeader(name, value);
        }
    }

    @Override
    public void setIntHeader(String name, int value) {
        if (passes(name)) {
            super.setIntHeader(name, value);
        }
    }

    @Override
    public void addIntHeader(String name, int value) {
        if (passes(name)) {
            super.addIntHeader(name, value);
        }
    }
}
