// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.backup.Exports;
import dev.allotment.backup.PreparedExport;
import dev.allotment.portal.text.Message;
import dev.allotment.spi.protocol.ByteRange;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An export that is sent, while it is made or from the store. The response starts with the first byte, so that a page
 * can be sent before.
 */
public final class Download extends OutputStream {
    private static final String PASSPHRASE = "passphrase";
    private static final String AGAIN = "passphrase-again";

    private final HttpServletResponse response;
    private final String type;
    private final String name;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private int status = HttpServletResponse.SC_OK;
    private @Nullable ServletOutputStream body;

    /**
     * Creates a download.
     *
     * @param type the media type
     * @param name the name of the file: letters, digits, dots, hyphens and underscores
     */
    private Download(PortalExchange exchange, String type, String name) {
        this.response = exchange.response();
        this.type = type;
        this.name = name;
    }

    /** Writes an export. */
    @FunctionalInterface
    public interface Export {
        void write(Exports exports, OutputStream out);
    }

    /**
     * Sends an export while it is made, encrypted if the form has a passphrase. A failure cuts the response off, so
     * that no browser takes it for complete.
     *
     * @param name as for the constructor; the date and an ending are added
     * @return the form; if it has a problem with the passphrase, which is entered twice, nothing was sent
     */
    public static Form export(PortalExchange exchange, Visitor visitor, String name, Export export) throws IOException {
        Form form = new Form();
        if (!exchange.rawParam(PASSPHRASE).equals(exchange.rawParam(AGAIN))) {
            form.refuse(AGAIN, exchange.text("export.passphrases-differ"));
            return form;
        }
        try {
            export(exchange, visitor, name, exchange.site().clock().instant(), export);
        } catch (SaasException e) {
            if (!e.code().equals(ErrorCodes.EXPORT_PASSPHRASE_INVALID)) {
                throw e;
            }
            form.refuse(PASSPHRASE, Message.of(exchange.texts(), e));
        }
        return form;
    }

    /**
     * Sends an export of the state of a moment, as {@link #export(PortalExchange, Visitor, String, Export)} does.
     *
     * @param at its date is added to the name
     */
    public static void export(PortalExchange exchange, Visitor visitor, String name, Instant at, Export export)
            throws IOException {
        Exports exports = visitor.saas().exports();
        String archive = name + "-" + LocalDate.ofInstant(at, ZoneOffset.UTC) + ".zip";
        String passphrase = exchange.rawParam(PASSPHRASE);
        Download download = passphrase.isEmpty()
                ? new Download(exchange, "application/zip", archive)
                : new Download(exchange, "application/octet-stream", archive + ".enc");
        OutputStream out = passphrase.isEmpty() ? download : exports.encrypted(download, passphrase);
        try {
            export.write(exports, out);
            out.close();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (RuntimeException e) {
            if (download.hasStarted()) {
                throw new IOException("An export was cut off", e);
            }
            throw e;
        }
    }

    /**
     * Sends a prepared export, or the rest of it to a browser that has the start: one range of bytes is understood.
     *
     * @param name as for the constructor; the date and an ending are added
     */
    public static void prepared(PortalExchange exchange, Visitor visitor, String name, PreparedExport export)
            throws IOException {
        HttpServletResponse response = exchange.response();
        String tag = '"' + export.id().toString() + '"';
        boolean headersOnly = exchange.request().getMethod().equals("HEAD");
        String range = headersOnly ? null : exchange.request().getHeader("Range");
        String condition = exchange.request().getHeader("If-Range");
        Optional<ByteRange> wanted = ByteRange.of(range, condition, tag, export.bytes());
        if (wanted.isEmpty()) {
            response.setHeader("Content-Range", "bytes */" + export.bytes());
            response.setStatus(HttpServletResponse.SC_REQUESTED_RANGE_NOT_SATISFIABLE);
            return;
        }
        ByteRange part = wanted.get();
        String date = LocalDate.ofInstant(export.madeAt(), ZoneOffset.UTC).toString();
        Download download = new Download(exchange, "application/zip", name + "-" + date + ".zip");
        download.headers.putAll(part.headers());
        download.headers.put("ETag", tag);
        download.status = part.status();
        if (headersOnly) {
            download.body();
            return;
        }
        try {
            visitor.saas().exports().download(export.id(), part.from(), part.length(), download);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (RuntimeException e) {
            if (download.hasStarted()) {
                throw new IOException("An export was cut off", e);
            }
            throw e;
        }
    }

    /** Whether the response has started, so that a failure can only cut it off. */
    private boolean hasStarted() {
        return body != null;
    }

    private ServletOutputStream body() throws IOException {
        ServletOutputStream started = body;
        if (started == null) {
            response.setStatus(status);
            headers.forEach(response::setHeader);
            response.setContentType(type);
            response.setHeader("Content-Disposition", "attachment; filename=\"" + name + "\"");
            // A proxy would otherwise buffer the file until its end.
            response.setHeader("X-Accel-Buffering", "no");
            started = response.getOutputStream();
            body = started;
        }
        return started;
    }

    @Override
    public void write(int next) throws IOException {
        body().write(next);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        body().write(bytes, offset, length);
    }
}
