// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

/** A request that gets an error page. */
public final class PageFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String title;

    /**
     * An error page.
     *
     * @param text one or two sentences for whoever sees it
     */
    public PageFailure(int status, String title, String text) {
        super(text);
        this.status = status;
        this.title = title;
    }

    /** What is not there, and what this visitor may not see, look alike. */
    public static PageFailure notFound() {
        return new PageFailure(404, "Page not found", "There is nothing at this address, or nothing that you may see.");
    }

    int status() {
        return status;
    }

    String title() {
        return title;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
