// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import dev.allotment.servlet.Branding;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;

/** The stylesheet, script and icon of the pages. They are read once, and browsers cache them until they change. */
final class Assets {
    static final String FOLDER = "/portal/static/";
    private static final Map<String, String> TYPES = Map.of(
            "portal.css", "text/css; charset=utf-8",
            "portal.js", "text/javascript; charset=utf-8",
            "icon.svg", "image/svg+xml");
    private static final String BRAND = "brand.css";
    private static final String LOGO = "logo";
    /** Matches gzip, except with a weight of 0, which refuses it. */
    private static final Pattern GZIP =
            Pattern.compile("(?i)(?:^|[,\\s])gzip(?!\\s*;\\s*q=0(?:\\.0*)?(?:\\s*,|\\s*$))");

    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private final Map<String, byte[]> compressed = new LinkedHashMap<>();
    private final String logoType;
    private final String version;

    Assets(Branding branding) {
        CRC32 sum = new CRC32();
        TYPES.keySet().stream().sorted().forEach(name -> files.put(name, read(name)));
        files.put(BRAND, branding.stylesheet().getBytes(StandardCharsets.UTF_8));
        if (branding.logo().length > 0) {
            files.put(LOGO, branding.logo());
        }
        logoType = branding.logoType();
        files.values().forEach(sum::update);
        files.forEach((name, file) -> compressed.put(name, compress(file)));
        version = Long.toHexString(sum.getValue());
    }

    String version() {
        return version;
    }

    void send(PortalExchange exchange, String name) throws IOException {
        byte[] file = files.get(name);
        if (file == null) {
            throw PageFailure.notFound();
        }
        HttpServletResponse response = exchange.response();
        boolean current = version.equals(exchange.param("v"));
        response.setHeader("Cache-Control", current ? "public, max-age=31536000, immutable" : "no-cache");
        response.setHeader("Vary", "Accept-Encoding");
        String accepted = exchange.request().getHeader("Accept-Encoding");
        boolean gzip = accepted != null && GZIP.matcher(accepted).find();
        if (gzip) {
            response.setHeader("Content-Encoding", "gzip");
        }
        byte[] body = gzip ? compressed.getOrDefault(name, file) : file;
        String type = name.equals(LOGO) ? logoType : TYPES.getOrDefault(name, "text/css; charset=utf-8");
        exchange.send(200, type, body);
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
