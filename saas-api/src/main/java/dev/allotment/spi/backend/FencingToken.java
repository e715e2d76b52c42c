// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import java.util.Comparator;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Orders the changes that operations make to one database. A backend stores the token of the last change with the
 * database, and refuses changes with an older one. So a process that was considered dead, and an operation that a
 * restored catalog brings back, cannot undo what happened since.
 *
 * <p>Immutable. Operations on one tenant run one after the other, so a later operation has a larger id. After a catalog
 * was restored, its ids start again at a lower number. Therefore the epoch counts first.
 *
 * @param epoch the epoch of the catalog in which the operation was created, from 1
 * @param operationId the id of the operation in the catalog
 * @param operation the identity of the operation. It differs if a restored catalog assigns the same id again
 * @param takeovers how many nodes have worked on the operation, from 1
 */
public record FencingToken(long epoch, long operationId, UUID operation, long takeovers) {
    /** The key of the detail with the stored token, in the error of {@link #requireNotOlder}. */
    public static final String STORED = "stored";

    private static final Pattern ENCODED =
            Pattern.compile("allotment (\\d{1,18}) (\\d{1,18}) (\\d{1,18}) ([0-9a-f-]{36})");
    private static final Comparator<FencingToken> ORDER = Comparator.comparingLong(FencingToken::epoch)
            .thenComparingLong(FencingToken::operationId)
            .thenComparingLong(FencingToken::takeovers);

    /** Returns the token with which an operation, which has been stored, changes databases now. */
    public static FencingToken of(StoredOperation operation) {
        return new FencingToken(operation.epoch(), operation.id().value(), operation.uuid(), operation.fencingToken());
    }

    /** Returns it as a short line of ASCII letters, digits, spaces and hyphens, for {@link #parse}. */
    public String encoded() {
        return "allotment " + epoch + " " + operationId + " " + takeovers + " " + operation;
    }

    /** Returns the token that {@link #encoded} wrote; null if the text is null or something else. */
    public static @Nullable FencingToken parse(@Nullable String encoded) {
        Matcher matcher = ENCODED.matcher(encoded == null ? "" : encoded);
        if (!matcher.matches()) {
            return null;
        }
        try {
            return new FencingToken(
                    Long.parseLong(matcher.group(1)),
                    Long.parseLong(matcher.group(2)),
                    UUID.fromString(matcher.group(4)),
                    Long.parseLong(matcher.group(3)));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Returns whether the stored token belongs to the same operation as this one. */
    public boolean isOfSameOperation(@Nullable FencingToken stored) {
        return stored != null && stored.operation.equals(operation);
    }

    /**
     * Returns whether a change with this token may follow one with the stored token. Of two operations with the same
     * epoch and id, which two copies of a catalog have created, neither may follow the other.
     *
     * @param stored null: none is stored, and every change may follow
     */
    public boolean mayFollow(@Nullable FencingToken stored) {
        if (stored == null) {
            return true;
        }
        boolean conflicting = stored.epoch == epoch && stored.operationId == operationId && !isOfSameOperation(stored);
        return !conflicting && ORDER.compare(this, stored) >= 0;
    }

    /**
     * Refuses a change that may not follow the last one.
     *
     * @param stored the token of the last change; null: none is stored
     * @param database the name of the database, for the message
     * @throws SaasException {@code operation.taken-over}, with the stored token as the detail {@link #STORED}
     */
    public void requireNotOlder(@Nullable FencingToken stored, String database) {
        if (stored != null && !mayFollow(stored)) {
            throw new SaasException(
                    ErrorCategory.CONFLICT,
                    ErrorCodes.OPERATION_TAKEN_OVER,
                    "Database " + database + " was changed by operation " + stored.operationId + " of epoch "
                            + stored.epoch + ", which is newer than this one: operation " + operationId + " of epoch "
                            + epoch + ". It is left unchanged.",
                    Map.of("database", database, STORED, stored.encoded()),
                    false,
                    null);
        }
    }
}
