// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Where somebody may be sent after signing in: a path at the same tenant, and nothing that a browser reads otherwise. */
final class LocalPath {
    private static final int LONGEST = 2000;

    private LocalPath() {}

    /** The path, or the tenant's start page where it is no path there. */
    static String of(@Nullable String wish, TenantSite site) {
        return wish != null && isLocal(wish) && wish.startsWith(site.base() + "/") && !isOurs(wish, site)
                ? wish
                : site.path("/");
    }

    /** No second slash or backslash at the start, no white space that browsers leave out, nothing that is not ASCII. */
    private static boolean isLocal(String wish) {
        boolean path = wish.startsWith("/") && !wish.startsWith("//") && wish.length() <= LONGEST;
        return path && wish.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '\\') && !climbs(wish);
    }

    /** Browsers take an escaped dot for one. */
    private static boolean climbs(String wish) {
        int query = wish.indexOf('?');
        String path = (query < 0 ? wish : wish.substring(0, query)).toLowerCase(Locale.ROOT);
        return path.contains("..") || path.contains("%2e");
    }

    /** To sign in in order to sign in, or out, would be a circle. */
    private static boolean isOurs(String wish, TenantSite site) {
        String path = wish.substring(site.base().length());
        return path.startsWith(TenantSignInPages.LOGIN)
                || path.startsWith(TenantSignInPages.LOGOUT)
                || path.startsWith("/auth_oauth");
    }
}
