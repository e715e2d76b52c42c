// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.page;

import dev.allotment.servlet.page.SecurityHeaders;
import dev.allotment.tenant.request.Visit;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;

/** The stylesheet, the script and the icon of the pages. */
public final class StaticFiles {
    public static final String FOLDER = "/saas_client/static/";
    public static final String STYLE = "client.css";
    public static final String SCRIPT = "signin.js";
    public static final String ICON = "client.svg";
    private static final Map<String, String> TYPES = Map.of(
            STYLE, "text/css; charset=utf-8",
            SCRIPT, "text/javascript; charset=utf-8",
            ICON, "image/svg+xml");

    private final Map<String, byte[]> files = new TreeMap<>();

    public StaticFiles() {
        TYPES.keySet().forEach(name -> files.put(name, read(name)));
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
        String type = TYPES.get(name);
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
