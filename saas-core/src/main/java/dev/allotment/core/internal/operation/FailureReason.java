// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.hook.MigrationFailedException;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Why an operation failed, for administrators: what the embedder's code, its tool, or the database said. It may contain
 * data of the tenant, so clients never see it.
 */
public final class FailureReason {
    /** The failures of the embedder's code: its messages are for the administrator. */
    private static final Set<String> OF_EMBEDDER =
            Set.of(ErrorCodes.SCHEMA_FAILED, ErrorCodes.CAMPAIGN_ACTION_FAILED, ErrorCodes.NEUTRALISER_FAILED);

    private static final String OF_BACKEND = "backend.";
    private static final String INTERNAL = "An internal error occurred.";
    private static final String UNAVAILABLE = "Temporarily unavailable. Please try again in a moment.";

    /** H2 appends the statement to its messages. */
    private static final Pattern STATEMENT =
            Pattern.compile("; SQL statement:.*?(?= \\[\\d+-\\d+\\]|$)", Pattern.DOTALL);

    private static final Pattern SPACE = Pattern.compile("\\s+");
    private static final int MAX_LENGTH = 1000;
    /** A chain of causes may be a circle. */
    private static final int MAX_CAUSES = 10;

    private FailureReason() {}

    /** What everyone may read who may see the operation. */
    public static String forEveryone(Throwable failure) {
        if (!(failure instanceof SaasException known)) {
            return INTERNAL;
        }
        return isHidden(known)
                ? (known.category() == ErrorCategory.UNAVAILABLE ? UNAVAILABLE : INTERNAL)
                : String.valueOf(known.getMessage());
    }

    private static boolean isHidden(SaasException known) {
        return known.category() == ErrorCategory.INTERNAL || known.category() == ErrorCategory.UNAVAILABLE;
    }

    /** What an administrator may read in addition; empty: nothing. */
    public static String forAdministrators(Throwable failure) {
        if (!(failure instanceof SaasException known)) {
            return failure.getClass().getSimpleName() + "; the log has its stack trace.";
        }
        String reason = isHidden(known) ? text(known) + ofDatabase(known) : "";
        if (OF_EMBEDDER.contains(known.code())) {
            reason = withCauses(reason, known.getCause());
        }
        return reason.length() <= MAX_LENGTH ? reason : reason.substring(0, MAX_LENGTH) + "…";
    }

    /**
     * What the database, its driver or the network said, which names the one cause of several that ours lists. The
     * lines after the first have values of rows, and statements.
     */
    private static String ofDatabase(SaasException failure) {
        Throwable origin = failure;
        for (int i = 0; origin.getCause() != null && i < MAX_CAUSES; i++) {
            origin = origin.getCause();
        }
        String message = origin.getMessage();
        if (!failure.code().startsWith(OF_BACKEND) || origin instanceof SaasException || message == null) {
            return "";
        }
        return " ("
                + SPACE.matcher(STATEMENT.matcher(message).replaceAll("").split("\n", 2)[0])
                        .replaceAll(" ")
                        .strip()
                + ")";
    }

    /** Tools often repeat the message of the cause in theirs. */
    private static String withCauses(String text, @Nullable Throwable first) {
        StringBuilder causes = new StringBuilder(text);
        Throwable each = first;
        for (int i = 0; each != null && i < MAX_CAUSES; i++) {
            String message = text(each);
            if (causes.indexOf(message) < 0) {
                causes.append(causes.isEmpty() ? "" : " ").append(message);
            }
            // What a tool says in addition has paths and statements.
            each = each instanceof MigrationFailedException ? null : each.getCause();
        }
        return causes.toString();
    }

    /**
     * What an administrator reads.
     *
     * @param message for everyone
     * @param reason in addition; null: none
     */
    public static @Nullable String join(@Nullable String message, @Nullable String reason) {
        if (reason == null || reason.isEmpty() || message == null) {
            return message;
        }
        return message.equals(INTERNAL) || message.equals(UNAVAILABLE) ? reason : message + " Reason: " + reason;
    }

    /** The whole text that an administrator reads. */
    public static String whole(Throwable failure) {
        return String.valueOf(join(forEveryone(failure), forAdministrators(failure)));
    }

    /** The code of a failure. */
    static String code(Throwable failure) {
        return failure instanceof SaasException known ? known.code() : ErrorCodes.OPERATION_FAILED;
    }

    private static String text(Throwable failure) {
        String message = failure.getMessage();
        return message == null
                ? failure.getClass().getSimpleName()
                : SPACE.matcher(STATEMENT.matcher(message).replaceAll(""))
                        .replaceAll(" ")
                        .strip();
    }
}
