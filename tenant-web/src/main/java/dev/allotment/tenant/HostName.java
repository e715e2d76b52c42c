// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The host that a request is for, in the form in which hosts are known. */
final class HostName {
    private static final Pattern HOST = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?");

    private HostName() {}

    /** Whether it says twice what host it is for: then whoever is asked first may believe another one than we do. */
    static boolean isAmbiguous(HttpServletRequest request) {
        return Collections.list(request.getHeaders("Host")).size() > 1;
    }

    /** In lower case, without a port and the dot of the root; null where it can be nobody's. */
    static @Nullable String of(HttpServletRequest request) {
        String name = request.getServerName();
        if (name == null) {
            return null;
        }
        String host = name.toLowerCase(Locale.ROOT);
        host = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        return HOST.matcher(host).matches() ? host : null;
    }
}
