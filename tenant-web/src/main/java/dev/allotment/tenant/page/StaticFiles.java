// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.page;

import dev.allotment.servlet.Branding;
import dev.allotment.servlet.page.SecurityHeaders;
import dev.allotment.tenant.request.Visit;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The stylesheet, the script and the icon of the pages. */
public final class StaticFiles {
    public static final String FOLDER = "/saas_client/static/";
    public static final String STYLE = "client.css";
    public static final String SCRIPT = "signin.js";
    public static final String ICON = "client.svg";
    /** The colours of the product; empty without branding. */
    public static final String BRAND = "brand.css";
    /** Exists only if the product has a logo. */
    public static final String LOGO = "logo";

    private static final Map<String, String> TYPES = Map.of(
            STYLE, "text/css; charset=utf-8",
            SCRIPT, "text/javascript; charset=utf-8",
            ICON, "image/svg+xml");

    private final Map<String, byte[]> files = new TreeMap<>();
    private final Map<String, String> types = new TreeMap<>(TYPES);

    StaticFiles(@Nullable Branding branding) {
        TYPES.keySet().forEach(name -> files.put(name, read(name)));
        String colours = branding == null ? "" : branding.stylesheet();
        files.put(BRAND, colours.getBytes(StandardCharsets.UTF_8));
        types.put(BRAND, "text/css; charset=utf-8");
        if (branding != null && branding.logo().length > 0) {
            files.put(LOGO, branding.logo());
            types.put(LOGO, branding.logoType());
        }
    }

    private static byte[] read(String name) {
        try (InputStream in = StaticFiles.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("The jar of tenant-web does not contain " + name + ". Build it again.");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends a file; returns false if it does not exist. */
    public boolean send(Visit visit) throws IOException {
        String name = visit.path().substring(FOLDER.length());
        byte[] file = files.get(name);
        String type = types.get(name);
        if (file == null || type == null) {
            return false;
        }
        HttpServletResponse response = visit.response();
        SecurityHeaders.set(response, visit.secure());
        response.setHeader("Cache-Control", "public, max-age=3600");
        response.setContentType(type);
        response.setContentLength(file.length);
        response.getOutputStream().write(file);
        return true;
    }
}
