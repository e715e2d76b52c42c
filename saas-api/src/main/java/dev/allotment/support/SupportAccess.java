// SPDX-License-Identifier: Apache-2.0
package dev.allotment.support;

import dev.allotment.CustomerId;
import dev.allotment.Internal;
import dev.allotment.RecordField;
import dev.allotment.TenantId;
import dev.allotment.UserId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Access of one operator to one tenant, from the request on. Immutable.
 *
 * @param id the number
 * @param customerId the customer that answers
 * @param tenantId the tenant
 * @param operatorId the account of the operator, which may be gone
 * @param operatorName the name of the operator at the time of the request
 * @param right what the operator may do
 * @param member the login of the member whose view or rights the operator gets; null: the owner of the database for
 *     {@link SupportRight#LOOK}, its administrator for {@link SupportRight#ADMINISTRATOR}
 * @param reason why, in the words of the operator
 * @param state what became of it
 * @param standing whether the standing answer of the customer has answered
 * @param requestedAt when it was requested
 * @param answeredBy the account that has granted or refused it; null: none has, or the standing answer did
 * @param answeredAt when it was granted or refused; null: it was not
 * @param expiresAt until when it can be answered, or until when it was granted
 * @param endedAt when it was refused, withdrawn or revoked, or has expired; null: it has not ended
 */
public record SupportAccess(
        SupportAccessId id,
        CustomerId customerId,
        TenantId tenantId,
        UserId operatorId,
        String operatorName,
        SupportRight right,
        @Nullable String member,
        String reason,
        SupportAccessState state,
        boolean standing,
        Instant requestedAt,
        @Nullable UserId answeredBy,
        @Nullable Instant answeredAt,
        Instant expiresAt,
        @Nullable Instant endedAt) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<SupportAccess, SupportAccessId> ID = RecordField.of("id");

    /** The field {@code customerId}, for filters and sort keys. */
    public static final RecordField<SupportAccess, CustomerId> CUSTOMER_ID = RecordField.of("customerId");

    /** The field {@code tenantId}, for filters and sort keys. */
    public static final RecordField<SupportAccess, TenantId> TENANT_ID = RecordField.of("tenantId");

    /** The field {@code operatorId}, for filters and sort keys. */
    public static final RecordField<SupportAccess, UserId> OPERATOR_ID = RecordField.of("operatorId");

    /** The field {@code operatorName}, for filters and sort keys. */
    public static final RecordField<SupportAccess, String> OPERATOR_NAME = RecordField.of("operatorName");

    /** The field {@code right}, for filters and sort keys. */
    public static final RecordField<SupportAccess, SupportRight> RIGHT = RecordField.of("right");

    /** The field {@code member}, for filters and sort keys. */
    public static final RecordField<SupportAccess, String> MEMBER = RecordField.of("member");

    /** The field {@code reason}, for filters and sort keys. */
    public static final RecordField<SupportAccess, String> REASON = RecordField.of("reason");

    /** The field {@code state}, for filters and sort keys. One whose time has passed may not be EXPIRED yet. */
    public static final RecordField<SupportAccess, SupportAccessState> STATE = RecordField.of("state");

    /** The field {@code standing}, for filters and sort keys. */
    public static final RecordField<SupportAccess, Boolean> STANDING = RecordField.of("standing");

    /** The field {@code requestedAt}, for filters and sort keys. */
    public static final RecordField<SupportAccess, Instant> REQUESTED_AT = RecordField.of("requestedAt");

    /** The field {@code answeredBy}, for filters and sort keys. */
    public static final RecordField<SupportAccess, UserId> ANSWERED_BY = RecordField.of("answeredBy");

    /** The field {@code answeredAt}, for filters and sort keys. */
    public static final RecordField<SupportAccess, Instant> ANSWERED_AT = RecordField.of("answeredAt");

    /** The field {@code expiresAt}, for filters and sort keys. */
    public static final RecordField<SupportAccess, Instant> EXPIRES_AT = RecordField.of("expiresAt");

    /** The field {@code endedAt}, for filters and sort keys. */
    public static final RecordField<SupportAccess, Instant> ENDED_AT = RecordField.of("endedAt");

    /** Creates a record from all its components. Only the core does. */
    @Internal
    public SupportAccess {}

    /** Returns the same access after the customer, or its standing answer, has answered. */
    @Internal
    public SupportAccess answered(
            SupportAccessState answer, @Nullable UserId by, boolean byStandingAnswer, Instant at, Instant until) {
        return new SupportAccess(
                id,
                customerId,
                tenantId,
                operatorId,
                operatorName,
                right,
                member,
                reason,
                answer,
                byStandingAnswer,
                requestedAt,
                by,
                at,
                until,
                answer == SupportAccessState.GRANTED ? null : at);
    }

    /** Returns the same access after it has ended. */
    @Internal
    public SupportAccess ended(SupportAccessState end, Instant at) {
        return new SupportAccess(
                id,
                customerId,
                tenantId,
                operatorId,
                operatorName,
                right,
                member,
                reason,
                end,
                standing,
                requestedAt,
                answeredBy,
                answeredAt,
                expiresAt,
                at);
    }

    /** Returns the same access at a point in time: it has expired if nothing else has ended it before. */
    @Internal
    public SupportAccess at(Instant now) {
        return state.next().contains(SupportAccessState.EXPIRED) && !now.isBefore(expiresAt)
                ? ended(SupportAccessState.EXPIRED, expiresAt)
                : this;
    }
}
