// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

/** Thrown to answer a request with an error page. */
public final class PageFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String title;

    /**
     * Creates the content of an error page.
     *
     * @param text one or two sentences for the visitor
     */
    public PageFailure(int status, String title, String text) {
        super(text);
        this.status = status;
        this.title = title;
    }

    /**
     * Returns the failure for a page that does not exist or that the visitor may not see. The two look the same.
     */
    public static PageFailure notFound() {
        return new PageFailure(
                404, "Page not found", "There is nothing at this address, or you don't have access to it.");
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
