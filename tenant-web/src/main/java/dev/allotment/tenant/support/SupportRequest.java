// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.support;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The request of an operator who is in a tenant. Only whole pages that are not compressed can get the banner, so the
 * application sees no range, no condition, and no other encoding than the page itself. Its asynchronous response has
 * the banner, too. Not thread-safe.
 */
public final class SupportRequest extends HttpServletRequestWrapper {
    private static final String ENCODING = "accept-encoding";
    private static final String NONE = "identity";
    /** Only of requests that read: in others, a condition protects what is written. */
    private static final Set<String> HIDDEN = Set.of("range", "if-range", "if-none-match", "if-modified-since");

    private final BannerResponse banner;

    private SupportRequest(HttpServletRequest request, BannerResponse banner) {
        super(request);
        this.banner = banner;
    }

    /** Returns the request, or what it already is if the container dispatches it again. */
    public static HttpServletRequest of(HttpServletRequest request, BannerResponse banner) {
        return request instanceof SupportRequest || isWrapped(request) ? request : new SupportRequest(request, banner);
    }

    private static boolean isWrapped(ServletRequest request) {
        return request instanceof ServletRequestWrapper wrapper && wrapper.isWrapperFor(SupportRequest.class);
    }

    private boolean isHidden(String name) {
        return HIDDEN.contains(name.toLowerCase(Locale.ROOT))
                && (getMethod().equals("GET") || getMethod().equals("HEAD"));
    }

    @Override
    public @Nullable String getHeader(String name) {
        return name.equalsIgnoreCase(ENCODING) ? NONE : isHidden(name) ? null : super.getHeader(name);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
        return name.equalsIgnoreCase(ENCODING)
                ? Collections.enumeration(List.of(NONE))
                : isHidden(name) ? Collections.emptyEnumeration() : super.getHeaders(name);
    }

    @Override
    public Enumeration<String> getHeaderNames() {
        return Collections.enumeration(Collections.list(super.getHeaderNames()).stream()
                .filter(name -> !isHidden(name))
                .toList());
    }

    @Override
    public long getDateHeader(String name) {
        return isHidden(name) ? -1 : super.getDateHeader(name);
    }

    @Override
    public AsyncContext startAsync() {
        return new BannerAsync(super.startAsync(), banner);
    }

    @Override
    public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
        return new BannerAsync(super.startAsync(request, response), banner);
    }

    @Override
    public AsyncContext getAsyncContext() {
        return new BannerAsync(super.getAsyncContext(), banner);
    }
}
