// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.page;

import dev.allotment.Saas;
import dev.allotment.brand.BrandFile;
import dev.allotment.servlet.page.BrandFiles;
import dev.allotment.servlet.page.BrandStyles;
import dev.allotment.servlet.page.SecurityHeaders;
import dev.allotment.tenant.request.Visit;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The stylesheets, the script and the images of the pages. Thread-safe. */
public final class StaticFiles {
    public static final String FOLDER = "/saas_client/static/";
    public static final String STYLE = "client.css";
    public static final String SCRIPT = "signin.js";
    public static final String ICON = "client.svg";
    /** The stylesheet of the banner that the application's pages get while an operator is in the tenant. */
    public static final String SUPPORT = "support.css";
    /** The colours and the font of the brand; empty without one. */
    public static final String BRAND = "brand.css";
    /** The stylesheet of the embedder; empty without one. */
    public static final String EMBEDDERS = "embedder.css";
    /** The start of the names of images and fonts of brands. */
    public static final String FILES = "brand/";

    private static final String CSS = "text/css; charset=utf-8";
    private static final Map<String, String> TYPES =
            Map.of(STYLE, CSS, SUPPORT, CSS, SCRIPT, "text/javascript; charset=utf-8", ICON, "image/svg+xml");
    private static final String CACHED = "public, max-age=3600";

    private final Map<String, byte[]> files = new TreeMap<>();
    private final Saas saas;
    private final BrandStyles styles;

    public StaticFiles(Saas saas) {
        this.saas = saas;
        styles = new BrandStyles(saas::brands, FILES);
        TYPES.keySet().forEach(name -> files.put(name, read(name)));
    }

    /** Returns the stylesheets of the brand. */
    public BrandStyles styles() {
        return styles;
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
    boolean send(Visit visit) throws IOException {
        String name = visit.path().substring(FOLDER.length());
        HttpServletResponse response = visit.response();
        byte[] file = files.get(name);
        if (file != null) {
            send(visit, TYPES.getOrDefault(name, CSS), CACHED, file);
        } else if (name.equals(BRAND)) {
            byte[] css = styles.current().css();
            send(visit, CSS, cached(visit, styles.current().version()), css);
        } else if (name.equals(EMBEDDERS)) {
            send(visit, CSS, cached(visit, styles.embeddersVersion()), styles.embedders());
        } else {
            Optional<BrandFile> image =
                    name.startsWith(FILES) ? saas.brands().file(name.substring(FILES.length())) : Optional.empty();
            if (image.isEmpty()) {
                return false;
            }
            SecurityHeaders.set(response, visit.secure());
            BrandFiles.send(response, image.get(), BrandFiles.FOR_EVER);
        }
        return true;
    }

    /** Another brand may have been applied since the page was sent. */
    private static String cached(Visit visit, String version) {
        return version.equals(visit.param("v")) ? BrandFiles.FOR_EVER : "no-cache";
    }

    private static void send(Visit visit, String type, String cacheControl, byte[] body) throws IOException {
        HttpServletResponse response = visit.response();
        SecurityHeaders.set(response, visit.secure());
        response.setHeader("Cache-Control", cacheControl);
        response.setContentType(type);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
