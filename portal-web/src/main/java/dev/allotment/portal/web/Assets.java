// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;

/** The stylesheet, script and icon of the pages. They are read once, and browsers cache them until they change. */
final class Assets {
    static final String FOLDER = "/portal/static/";
    private static final Map<String, String> TYPES = Map.of(
            "portal.css", "text/css; charset=utf-8",
            "portal.js", "text/javascript; charset=utf-8",
            "icon.svg", "image/svg+xml");
    private static final String BRAND = "brand.css";

    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private final String version;

    Assets(Branding branding) {
        CRC32 sum = new CRC32();
        TYPES.keySet().stream().sorted().forEach(name -> files.put(name, read(name)));
        files.put(BRAND, branding.stylesheet().getBytes(StandardCharsets.UTF_8));
        files.values().forEach(sum::update);
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
        exchange.send(200, TYPES.getOrDefault(name, "text/css; charset=utf-8"), file);
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
