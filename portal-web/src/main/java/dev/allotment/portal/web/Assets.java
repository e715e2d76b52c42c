// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import dev.allotment.Saas;
import dev.allotment.brand.BrandAsset;
import dev.allotment.brand.BrandFile;
import dev.allotment.servlet.page.BrandFiles;
import dev.allotment.servlet.page.BrandStyle;
import dev.allotment.servlet.page.BrandStyles;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The stylesheets, scripts, icon and images of the pages. Those of the jar are read once, and browsers cache them until
 * they change.
 */
final class Assets {
    static final String FOLDER = "/portal/static/";
    private static final Map<String, String> TYPES = Map.of(
            "portal.css", "text/css; charset=utf-8",
            "portal.js", "text/javascript; charset=utf-8",
            "passkeys.js", "text/javascript; charset=utf-8",
            "icon.svg", "image/svg+xml");
    static final String BRAND = "brand.css";
    static final String EMBEDDERS = "embedder.css";
    /** The start of the names of images and fonts of brands. */
    static final String BRAND_FILES = "brand/";
    /** The logo of the brand that counts, for emails. */
    private static final String LOGO = "logo";

    private static final String CSS = "text/css; charset=utf-8";
    /** Matches gzip, except with a weight of 0, which refuses it. */
    private static final Pattern GZIP =
            Pattern.compile("(?i)(?:^|[,\\s])gzip(?!\\s*;\\s*q=0(?:\\.0*)?(?:\\s*,|\\s*$))");

    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private final Map<String, byte[]> compressed = new LinkedHashMap<>();
    private final Saas saas;
    private final BrandStyles styles;
    private final String version;

    Assets(Saas saas, BrandStyles styles) {
        this.saas = saas;
        this.styles = styles;
        CRC32 sum = new CRC32();
        TYPES.keySet().stream().sorted().forEach(name -> files.put(name, read(name)));
        files.values().forEach(sum::update);
        files.forEach((name, file) -> compressed.put(name, compress(file)));
        version = Long.toHexString(sum.getValue());
    }

    String version() {
        return version;
    }

    void send(PortalExchange exchange, String name) throws IOException {
        if (name.equals(BRAND)) {
            BrandStyle style = styles.current();
            send(exchange, CSS, style.version(), style.css(), null);
        } else if (name.equals(EMBEDDERS)) {
            send(exchange, CSS, styles.embeddersVersion(), styles.embedders(), null);
        } else {
            byte[] file = files.get(name);
            if (file == null) {
                throw PageFailure.notFound();
            }
            send(exchange, TYPES.getOrDefault(name, CSS), version, file, compressed.get(name));
        }
    }

    /** @param compressed null: it is never sent compressed */
    private static void send(
            PortalExchange exchange, String type, String version, byte[] body, byte @Nullable [] compressed)
            throws IOException {
        HttpServletResponse response = exchange.response();
        boolean current = version.equals(exchange.param("v"));
        response.setHeader("Cache-Control", current ? BrandFiles.FOR_EVER : "no-cache");
        response.setHeader("Vary", "Accept-Encoding");
        String accepted = exchange.request().getHeader("Accept-Encoding");
        if (compressed != null && accepted != null && GZIP.matcher(accepted).find()) {
            response.setHeader("Content-Encoding", "gzip");
            exchange.send(200, type, compressed);
        } else {
            exchange.send(200, type, body);
        }
    }

    /** Sends an image or a font of a brand. */
    void sendBrandFile(PortalExchange exchange, String name) throws IOException {
        if (name.equals(LOGO)) {
            BrandFile logo = saas.brands().current().file(BrandAsset.LOGO).orElseThrow(PageFailure::notFound);
            // Programs that show emails are other origins.
            exchange.response().setHeader("Cross-Origin-Resource-Policy", "cross-origin");
            BrandFiles.send(exchange.response(), logo, BrandFiles.FOR_MINUTES);
        } else {
            BrandFile file = saas.brands().file(name).orElseThrow(PageFailure::notFound);
            BrandFiles.send(exchange.response(), file, BrandFiles.FOR_EVER);
        }
    }

    private static byte[] compress(byte[] file) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(file);
        } catch (IOException e) {
            throw new IllegalStateException("A file of the portal cannot be compressed", e);
        }
        return bytes.toByteArray();
    }

    private static byte[] read(String name) {
        try (InputStream in = Assets.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(
                        "The jar of portal-web does not contain the file " + name + ". Build it again");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException("The file " + name + " in the jar of portal-web cannot be read", e);
        }
    }
}
