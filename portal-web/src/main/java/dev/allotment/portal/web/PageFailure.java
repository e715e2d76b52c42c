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

    /** Returns the failure for what the role of the visitor does not permit. */
    static PageFailure notPermitted(Visitor visitor) {
        return new PageFailure(
                403,
                "Your role does not permit this",
                visitor.isOperator()
                        ? "Your role is " + RoleWords.title(visitor.user().role())
                                + ". An administrator can do this, or give you another role."
                        : ofTeam(visitor));
    }

    private static String ofTeam(Visitor visitor) {
        return visitor.team()
                .map(team -> "You are in the team of " + team.customer() + " as "
                        + RoleWords.withArticle(team.member().role())
                        + ". Its owners and administrators can do this, or give you another role.")
                .orElse("You are in no team. Accept an invitation to one first.");
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
