// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.CustomerId;
import dev.allotment.Internal;
import dev.allotment.RecordField;
import java.time.Instant;

/**
 * The row that says that each member of the team of a customer needs a second factor or a passkey.
 *
 * @param id 0 before it is stored
 * @param customerId the customer, unique
 * @param since when it was decided
 */
public record FactorRule(long id, CustomerId customerId, Instant since) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<FactorRule, Long> ID = RecordField.of("id");

    /** The field {@code customerId}, for filters and sort keys. */
    public static final RecordField<FactorRule, CustomerId> CUSTOMER_ID = RecordField.of("customerId");

    /** The field {@code since}, for filters and sort keys. */
    public static final RecordField<FactorRule, Instant> SINCE = RecordField.of("since");

    /** Creates a record from all its components. Only the core and {@link RecordType} do. */
    @Internal
    public FactorRule {}
}
