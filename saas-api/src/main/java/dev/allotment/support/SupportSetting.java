// SPDX-License-Identifier: Apache-2.0
package dev.allotment.support;

import dev.allotment.CustomerId;
import dev.allotment.Internal;
import dev.allotment.RecordField;
import dev.allotment.UserId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The standing answer of a customer to requests for support access. Immutable.
 *
 * @param id the number of its row; 0: the customer has set none
 * @param customerId the customer
 * @param answer how requests are answered
 * @param hours for how long {@link SupportAnswer#GRANT} grants access
 * @param changedBy the account that has set it; null: none has, or it is gone
 * @param changedAt when it was set; null: never
 */
public record SupportSetting(
        long id,
        CustomerId customerId,
        SupportAnswer answer,
        int hours,
        @Nullable UserId changedBy,
        @Nullable Instant changedAt) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<SupportSetting, Long> ID = RecordField.of("id");

    /** The field {@code customerId}, for filters and sort keys. */
    public static final RecordField<SupportSetting, CustomerId> CUSTOMER_ID = RecordField.of("customerId");

    /** The field {@code answer}, for filters and sort keys. */
    public static final RecordField<SupportSetting, SupportAnswer> ANSWER = RecordField.of("answer");

    /** The field {@code hours}, for filters and sort keys. */
    public static final RecordField<SupportSetting, Integer> HOURS = RecordField.of("hours");

    /** The field {@code changedBy}, for filters and sort keys. */
    public static final RecordField<SupportSetting, UserId> CHANGED_BY = RecordField.of("changedBy");

    /** The field {@code changedAt}, for filters and sort keys. */
    public static final RecordField<SupportSetting, Instant> CHANGED_AT = RecordField.of("changedAt");

    /** Creates a record from all its components. Only the core does. */
    @Internal
    public SupportSetting {}
}
