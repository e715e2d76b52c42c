// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.request;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the host that a request is for, in normal form. */
public final class HostName {
    private static final Pattern HOST = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|\\[[0-9a-f:.]{2,45}\\]");

    private HostName() {}

    /** Whether the request names more than one host. Then a proxy could use another one than this filter. */
    public static boolean isAmbiguous(HttpServletRequest request) {
        return Collections.list(request.getHeaders("Host")).size() > 1;
    }

    /**
     * Returns the host in lower case, without port and trailing dot, and IPv6 addresses in brackets; null if it is not
     * valid.
     */
    public static @Nullable String of(HttpServletRequest request) {
        String name = request.getServerName();
        if (name == null) {
            return null;
        }
        String host = name.toLowerCase(Locale.ROOT);
        host = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        return HOST.matcher(host).matches() ? host : null;
    }
}
