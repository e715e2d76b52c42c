// SPDX-License-Identifier: Apache-2.0
package dev.allotment.servlet.page;

import dev.allotment.brand.BrandFile;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Sends the images and the font of a brand. */
public final class BrandFiles {
    /** For an address that contains the hash of the file. */
    public static final String FOR_EVER = "public, max-age=31536000, immutable";

    /** For an address whose file may change. */
    public static final String FOR_MINUTES = "public, max-age=300";

    private BrandFiles() {}

    /**
     * Sends a file. The headers of {@link SecurityHeaders#set} have to be set. A browser that opens its address gets a
     * document that may do nothing.
     */
    public static void send(HttpServletResponse response, BrandFile file, String cacheControl) throws IOException {
        byte[] content = file.content();
        response.setHeader("Content-Security-Policy", "sandbox; default-src 'none'");
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Cache-Control", cacheControl);
        response.setContentType(file.type());
        response.setContentLength(content.length);
        response.getOutputStream().write(content);
    }
}
