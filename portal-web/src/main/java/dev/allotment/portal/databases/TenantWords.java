// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.Entitlement;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.Price;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.portal.web.Moment;
import java.text.NumberFormat;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Describes the state of a tenant for people. */
public final class TenantWords {
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("d MMM yyyy", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    private TenantWords() {}

    /** Describes the state of a tenant. */
    public static Badge state(Tenant tenant) {
        return switch (tenant.state()) {
            case DRAFT -> new Badge("Being created", "busy");
            case OPEN -> new Badge("Running", "good");
            case SUSPENDED -> new Badge(suspended(tenant.suspendedFor()), "bad");
            case RETAINED -> new Badge(retained(tenant.retainedUntil()), "off");
            case DELETED -> new Badge("Deleted", "off");
        };
    }

    private static String retained(@Nullable Instant until) {
        return until == null ? "Deleted, restorable" : "Deleted, restorable until " + day(until);
    }

    private static String suspended(List<String> causes) {
        if (causes.contains("expired")) {
            return "Suspended: expired";
        }
        if (causes.contains("storage")) {
            return "Suspended: out of storage";
        }
        if (causes.contains("unpaid")) {
            return "Suspended: unpaid";
        }
        if (causes.contains("swapped")) {
            return "Suspended: swapped";
        }
        return "Suspended";
    }

    /**
     * Says why a tenant is suspended, and what its owner can do; empty unless it is suspended.
     *
     * @param reason that an administrator gave to the owner
     */
    static String why(Tenant tenant, Optional<String> reason) {
        if (tenant.state() != TenantState.SUSPENDED) {
            return "";
        }
        List<String> causes = tenant.suspendedFor();
        if (causes.equals(List.of("swapped"))) {
            return "It has the previous data of a database that was swapped with it. To take that back, swap again on the"
                    + " page of the database that it was restored or copied from. It is deleted when it expires.";
        }
        if (causes.equals(List.of("unpaid"))) {
            return "A payment is missing. Your data is safe. It is reopened as soon as the payment has arrived.";
        }
        String cause = causes.contains("expired")
                ? (tenant.trial() ? "Its trial has ended." : "Its subscription has ended.")
                : causes.contains("storage")
                        ? "It is over its storage limit."
                        : reason.map(text -> "Suspended by your provider: " + text + ".")
                                .orElse("Suspended by your provider.");
        return cause + " Your data is safe. Contact your provider to reopen it.";
    }

    /** Describes the remaining time. */
    public static String left(Tenant tenant, Instant now) {
        Instant end = tenant.expiresAt();
        if (end == null) {
            return "No end date";
        }
        if (tenant.previewOf() != null) {
            return "Deleted for good on " + Moment.of(end);
        }
        Duration left = Duration.between(now, end);
        if (left.isNegative() || left.isZero()) {
            return "Expired on " + day(end);
        }
        long days = left.toDays();
        if (days >= 2) {
            return days + " days left";
        }
        long hours = left.toHours();
        return hours >= 2 ? hours + " hours left" : "Expires on " + Moment.of(end);
    }

    /** Formats a day in UTC. */
    public static String day(Instant instant) {
        return DAY.format(instant);
    }

    /** Formats a number for people, such as {@code 3,000}. */
    public static String number(long number) {
        return String.format(Locale.ENGLISH, "%,d", number);
    }

    /** Returns words such as {@code 1 server} or {@code 3,000 servers}. */
    public static String count(long number, String what) {
        return number == 1 ? "1 " + what : number(number) + " " + what + "s";
    }

    /**
     * Describes a price, such as {@code $12.50 per month}.
     *
     * @param lang the language of the reader, such as {@code en_US}
     */
    static String price(Price price, String lang) {
        NumberFormat format = NumberFormat.getCurrencyInstance(Locale.forLanguageTag(lang.replace('_', '-')));
        try {
            format.setCurrency(price.currency());
        } catch (IllegalArgumentException unknownToThisJava) {
            return price.text();
        }
        format.setMinimumFractionDigits(price.amount().scale());
        format.setMaximumFractionDigits(price.amount().scale());
        return format.format(price.amount()) + (price.period() == Price.Period.MONTH ? " per month" : " per year");
    }

    /** Describes an entitlement, such as {@code yes} or {@code 3,000}. */
    static String entitlement(Entitlement entitlement) {
        OptionalLong number = entitlement.number();
        return number.isPresent() ? number(number.getAsLong()) : entitlement.isOn() ? "yes" : "no";
    }

    /** Describes entitlements, such as {@code api: yes, projects: 10}; empty if there are none. */
    public static String entitlements(Map<String, Entitlement> entitlements) {
        return new TreeMap<>(entitlements)
                .entrySet().stream()
                        .map(each -> each.getKey() + ": " + entitlement(each.getValue()))
                        .collect(Collectors.joining(", "));
    }

    /** Returns words such as {@code Create database}. */
    public static String operation(OperationKind kind) {
        return sentence(kind.name().replace("TENANT", "DATABASE"));
    }

    /** Describes the state of an operation. */
    public static Badge state(Operation operation) {
        return switch (operation.state()) {
            case RUNNING -> new Badge("Running", "busy");
            case PAUSED -> new Badge("Paused", "off");
            case DONE -> new Badge("Done", "good");
            case FAILED -> new Badge("Failed", "bad");
        };
    }

    /** Turns the name of a constant into words. */
    public static String sentence(String constant) {
        String text = constant.toLowerCase(Locale.ROOT).replace('_', ' ');
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }

    /**
     * A state for display.
     *
     * @param kind {@code good}, {@code busy}, {@code bad} or {@code off}
     */
    public record Badge(String text, String kind) {}
}
