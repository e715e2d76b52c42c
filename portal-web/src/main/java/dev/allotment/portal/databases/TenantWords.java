// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.Entitlement;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.Price;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.portal.text.PortalTexts;
import dev.allotment.portal.web.Moment;
import dev.allotment.text.Texts;
import java.text.NumberFormat;
import java.time.Duration;
import java.time.Instant;
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
    private TenantWords() {}

    /** Describes the state of a tenant. */
    public static Badge state(Tenant tenant) {
        return state(tenant, PortalTexts.ENGLISH);
    }

    static Badge state(Tenant tenant, Texts texts) {
        return switch (tenant.state()) {
            case DRAFT -> new Badge(texts.text("tenant.state.draft"), "busy");
            case OPEN -> new Badge(texts.text("tenant.state.open"), "good");
            case SUSPENDED -> new Badge(texts.text(suspended(tenant.suspendedFor())), "bad");
            case RETAINED -> new Badge(retained(tenant.retainedUntil(), texts), "off");
            case DELETED -> new Badge(texts.text("tenant.state.deleted"), "off");
        };
    }

    private static String retained(@Nullable Instant until, Texts texts) {
        return until == null
                ? texts.text("tenant.state.retained")
                : texts.text("tenant.state.retained-until", texts.day(until));
    }

    private static String suspended(List<String> causes) {
        if (causes.contains("expired")) {
            return "tenant.state.expired";
        }
        if (causes.contains("storage")) {
            return "tenant.state.storage";
        }
        if (causes.contains("unpaid")) {
            return "tenant.state.unpaid";
        }
        if (causes.contains("swapped")) {
            return "tenant.state.swapped";
        }
        return "tenant.state.suspended";
    }

    /**
     * Says why a tenant is suspended, and what its owner can do; empty unless it is suspended.
     *
     * @param reason that an administrator gave to the owner
     */
    static String why(Tenant tenant, Optional<String> reason, Texts texts) {
        if (tenant.state() != TenantState.SUSPENDED) {
            return "";
        }
        List<String> causes = tenant.suspendedFor();
        if (causes.equals(List.of("swapped"))) {
            return texts.text("tenant.why.swapped");
        }
        if (causes.equals(List.of("unpaid"))) {
            return texts.text("tenant.why.unpaid");
        }
        if (causes.contains("expired")) {
            return texts.text(tenant.trial() ? "tenant.why.trial" : "tenant.why.expired");
        }
        if (causes.contains("storage")) {
            return texts.text("tenant.why.storage");
        }
        return reason.map(each -> texts.text("tenant.why.reason", each)).orElse(texts.text("tenant.why.manual"));
    }

    /** Describes the remaining time. */
    public static String left(Tenant tenant, Instant now) {
        return left(tenant, now, PortalTexts.ENGLISH);
    }

    static String left(Tenant tenant, Instant now, Texts texts) {
        Instant end = tenant.expiresAt();
        if (end == null) {
            return texts.text("tenant.left.unlimited");
        }
        if (tenant.previewOf() != null) {
            return texts.text("tenant.left.preview", Moment.of(end, texts));
        }
        Duration left = Duration.between(now, end);
        if (left.isNegative() || left.isZero()) {
            return texts.text("tenant.left.expired", texts.day(end));
        }
        long days = left.toDays();
        if (days >= 2) {
            return texts.plural("tenant.left.days", days);
        }
        long hours = left.toHours();
        return hours >= 2
                ? texts.plural("tenant.left.hours", hours)
                : texts.text("tenant.left.expires", Moment.of(end, texts));
    }

    /** Formats a day in UTC. */
    public static String day(Instant instant) {
        return PortalTexts.ENGLISH.day(instant);
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
     * @param texts of the reader
     */
    static String price(Price price, Texts texts) {
        NumberFormat format = NumberFormat.getCurrencyInstance(texts.locale());
        try {
            format.setCurrency(price.currency());
        } catch (IllegalArgumentException unknownToThisJava) {
            return price.text();
        }
        format.setMinimumFractionDigits(price.amount().scale());
        format.setMaximumFractionDigits(price.amount().scale());
        return texts.text(
                price.period() == Price.Period.MONTH ? "price.per-month" : "price.per-year",
                format.format(price.amount()));
    }

    /** Describes an entitlement, such as {@code yes} or {@code 3,000}. */
    static String entitlement(Entitlement entitlement, Texts texts) {
        OptionalLong number = entitlement.number();
        return number.isPresent()
                ? texts.number(number.getAsLong())
                : texts.text(entitlement.isOn() ? "common.yes" : "common.no");
    }

    /** Describes entitlements, such as {@code api: yes, projects: 10}; empty if there are none. */
    public static String entitlements(Map<String, Entitlement> entitlements) {
        return entitlements(entitlements, PortalTexts.ENGLISH);
    }

    static String entitlements(Map<String, Entitlement> entitlements, Texts texts) {
        return new TreeMap<>(entitlements)
                .entrySet().stream()
                        .map(each -> each.getKey() + ": " + entitlement(each.getValue(), texts))
                        .collect(Collectors.joining(", "));
    }

    /** Returns words such as {@code Create database}. */
    static String operation(OperationKind kind, Texts texts) {
        String key = "operation.kind." + kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
        return texts.has(key) ? texts.text(key) : operation(kind);
    }

    /** The kind of an operation, in English. */
    public static String operation(OperationKind kind) {
        return sentence(kind.name().replace("TENANT", "DATABASE"));
    }

    /** Describes the state of an operation. */
    public static Badge state(Operation operation) {
        return state(operation, PortalTexts.ENGLISH);
    }

    static Badge state(Operation operation, Texts texts) {
        return switch (operation.state()) {
            case RUNNING -> new Badge(texts.text("operation.running"), "busy");
            case PAUSED -> new Badge(texts.text("operation.paused"), "off");
            case DONE -> new Badge(texts.text("operation.done"), "good");
            case FAILED -> new Badge(texts.text("operation.failed"), "bad");
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
