// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.request;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Checks the path that a visitor is redirected to after signing in. It has to be a path of the same tenant that
 * browsers cannot read as anything else.
 */
public final class LocalPath {
    private static final int MAX_LENGTH = 2000;

    private LocalPath() {}

    /** Returns the path, or the tenant's start page if it is not a valid path of the tenant. */
    public static String of(@Nullable String target, TenantSite site) {
        return target != null && isLocal(target) && target.startsWith(site.base() + "/") && !isSignInPage(target, site)
                ? target
                : site.path("/");
    }

    /**
     * Refuses a second slash or a backslash at the start, white space that browsers drop, and everything that is not
     * ASCII.
     */
    private static boolean isLocal(String target) {
        boolean path = target.startsWith("/") && !target.startsWith("//") && target.length() <= MAX_LENGTH;
        return path && target.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '\\') && !climbs(target);
    }

    /** Whether the path climbs. Browsers read an escaped dot as a dot. */
    private static boolean climbs(String target) {
        int query = target.indexOf('?');
        String path = (query < 0 ? target : target.substring(0, query)).toLowerCase(Locale.ROOT);
        return path.contains("..") || path.contains("%2e");
    }

    /** Whether the path is a page for signing in or out, which would lead back here. */
    private static boolean isSignInPage(String target, TenantSite site) {
        String path = target.substring(site.base().length());
        return path.startsWith(TenantSite.SIGN_IN_PATH)
                || path.startsWith(TenantSite.SIGN_OUT_PATH)
                || path.startsWith("/auth_oauth");
    }
}
