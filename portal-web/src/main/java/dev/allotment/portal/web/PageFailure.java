// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import dev.allotment.SaasException;
import dev.allotment.portal.text.Message;
import dev.allotment.text.Texts;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Thrown to answer a request with an error page. Its texts are chosen when the language of the page is known. */
public final class PageFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String title;
    private final String text;
    private final transient List<Object> values;
    private final @Nullable SaasException cause;
    private final transient @Nullable Visitor visitor;

    /**
     * Creates the content of an error page.
     *
     * @param title the key of its title
     * @param text the key of one or two sentences for the visitor
     * @param values for the placeholders of the sentences
     */
    public PageFailure(int status, String title, String text, Object... values) {
        this(status, title, text, Arrays.asList(values), null, null);
    }

    private PageFailure(
            int status,
            String title,
            String text,
            List<Object> values,
            @Nullable SaasException cause,
            @Nullable Visitor visitor) {
        super(text, cause);
        this.status = status;
        this.title = title;
        this.text = text;
        this.values = values;
        this.cause = cause;
        this.visitor = visitor;
    }

    /** Returns the failure for what the control plane has refused. */
    static PageFailure of(int status, String title, SaasException cause) {
        return new PageFailure(status, title, "", List.of(), cause, null);
    }

    /**
     * Returns the failure for a page that does not exist or that the visitor may not see. The two look the same.
     */
    public static PageFailure notFound() {
        return new PageFailure(404, "failure.not-found", "failure.not-found.text");
    }

    /** Returns the failure for what the role of the visitor does not permit. */
    static PageFailure notPermitted(Visitor visitor) {
        return new PageFailure(403, "failure.not-permitted", "", List.of(), null, visitor);
    }

    int status() {
        return status;
    }

    String title(Texts texts) {
        return texts.text(title);
    }

    Message text(Texts texts) {
        if (cause != null) {
            return Message.of(texts, cause);
        }
        return Message.of(visitor == null ? texts.text(text, values.toArray()) : permitted(visitor, texts));
    }

    private static String permitted(Visitor visitor, Texts texts) {
        if (visitor.isOperator()) {
            return texts.text(
                    "failure.operator-role", RoleWords.title(visitor.user().role()));
        }
        return visitor.team()
                .map(team -> texts.text(
                        "failure.team-role",
                        team.customer(),
                        RoleWords.withArticle(team.member().role(), texts)))
                .orElseGet(() -> texts.text("failure.no-team"));
    }
}
