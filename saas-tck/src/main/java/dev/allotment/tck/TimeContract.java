// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Customer;
import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.spi.backend.RecordTypes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;

/** Instants are returned to the microsecond, in every time zone of the process. */
public abstract class TimeContract extends Contract {
    private static final List<Instant> INSTANTS = List.of(
            Instant.EPOCH,
            Instant.parse("1970-01-01T00:00:00.000001Z"),
            Instant.parse("1969-12-31T23:59:59.999999Z"),
            Instant.parse("1900-01-01T00:00:00Z"),
            // Between the Julian and the Gregorian calendar, and before both.
            Instant.parse("1582-10-10T12:00:00Z"),
            Instant.parse("0001-06-15T12:30:45.678901Z"),
            // The skipped hour and the repeated hour of New York and Berlin.
            Instant.parse("2024-03-10T07:30:00Z"),
            Instant.parse("2024-11-03T05:30:00Z"),
            Instant.parse("2024-11-03T06:30:00Z"),
            Instant.parse("2024-03-31T01:30:00Z"),
            Instant.parse("2024-10-27T00:30:00Z"),
            Instant.parse("2024-10-27T01:30:00Z"),
            Instant.parse("2016-12-31T23:59:59.999999Z"),
            Instant.parse("9999-12-31T23:59:59.999999Z"));

    /** For subclasses. */
    protected TimeContract() {}

    @Override
    final boolean sharesStorage() {
        return true;
    }

    @Test
    void instantsAreStoredToTheMicrosecond() {
        for (Instant instant : INSTANTS) {
            assertThat(stored(instant)).isEqualTo(instant);
        }
    }

    @Test
    void nanosecondsAreTruncatedNotRounded() {
        assertThat(stored(Instant.parse("2024-02-29T12:00:00.123456789Z")))
                .isEqualTo(Instant.parse("2024-02-29T12:00:00.123456Z"));
        assertThat(stored(Instant.parse("2024-12-31T23:59:59.999999999Z")))
                .isEqualTo(Instant.parse("2024-12-31T23:59:59.999999Z"));
        assertThat(stored(Instant.parse("1969-12-31T23:59:59.999999999Z")))
                .isEqualTo(Instant.parse("1969-12-31T23:59:59.999999Z"));
        assertThat(stored(Instant.parse("9999-12-31T23:59:59.999999999Z")))
                .isEqualTo(Instant.parse("9999-12-31T23:59:59.999999Z"));
    }

    @Test
    void anUpdateTruncatesNanosecondsToo() {
        Customer customer = insert(catalogPlace(), RecordTypes.CUSTOMERS, customer(Instant.EPOCH));
        inside(catalogPlace(), tx -> {
            tx.records(RecordTypes.CUSTOMERS)
                    .update(new Customer(
                            customer.id(),
                            "name",
                            null,
                            true,
                            Instant.parse("2024-12-31T23:59:59.999999999Z"),
                            Map.of()));
            return 1;
        });
        assertThat(found(customer.id())).isEqualTo(Instant.parse("2024-12-31T23:59:59.999999Z"));
    }

    @Test
    void theTimeZoneOfTheProcessHasNoEffect() {
        TimeZone before = TimeZone.getDefault();
        try {
            List<CustomerId> ids = new ArrayList<>();
            for (Instant instant : INSTANTS) {
                TimeZone.setDefault(TimeZone.getTimeZone("America/New_York"));
                ids.add(insert(catalogPlace(), RecordTypes.CUSTOMERS, customer(instant))
                        .id());
            }
            for (String zone : List.of("America/New_York", "Asia/Kolkata", "Europe/Berlin")) {
                TimeZone.setDefault(TimeZone.getTimeZone(zone));
                for (int i = 0; i < ids.size(); i++) {
                    assertThat(found(ids.get(i))).isEqualTo(INSTANTS.get(i));
                    Query<Customer> same = Query.where(Filter.equal(Customer.CREATED_AT, INSTANTS.get(i)));
                    assertThat(list(catalogPlace(), RecordTypes.CUSTOMERS, same))
                            .extracting(Customer::id)
                            .containsExactly(ids.get(i));
                }
            }
        } finally {
            TimeZone.setDefault(before);
        }
    }

    @Test
    void instantsOutsideTheYears1To9999AreRefused() {
        for (String text : List.of("+10000-01-01T00:00:00Z", "0000-12-31T23:59:59Z", "-0044-03-15T12:00:00Z")) {
            assertRefused(
                    ErrorCodes.RECORD_INVALID,
                    () -> insert(catalogPlace(), RecordTypes.CUSTOMERS, customer(Instant.parse(text))));
        }
        assertRefused(
                ErrorCodes.RECORD_INVALID, () -> insert(catalogPlace(), RecordTypes.CUSTOMERS, customer(Instant.MAX)));
        assertThat(all(catalogPlace(), RecordTypes.CUSTOMERS)).isEmpty();
    }

    private Instant stored(Instant instant) {
        Customer customer = insert(catalogPlace(), RecordTypes.CUSTOMERS, customer(instant));
        assertThat(found(customer.id())).isEqualTo(customer.createdAt());
        return customer.createdAt();
    }

    private Instant found(CustomerId id) {
        return inside(
                catalogPlace(),
                tx -> tx.records(RecordTypes.CUSTOMERS)
                        .find(id.value())
                        .orElseThrow()
                        .createdAt());
    }

    private static Customer customer(Instant createdAt) {
        return new Customer(new CustomerId(0), "name", null, true, createdAt, Map.of());
    }
}
