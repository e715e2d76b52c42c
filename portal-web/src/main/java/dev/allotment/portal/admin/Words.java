// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.portal.databases.TenantWords;
import java.time.Duration;
import java.util.Locale;

/** Turns constants into words for people. */
final class Words {
    private static final int SECONDS_PER_MINUTE = 60;

    private Words() {}

    /** Returns words such as {@code Database created}, for a finding or a type of event. */
    static String event(Enum<?> type) {
        return TenantWords.sentence(type.name().replace("TENANT", "DATABASE"));
    }

    /** Turns the name of a field into words, such as {@code Unknown groups}. */
    static String field(String name) {
        return TenantWords.sentence(name.replaceAll("([a-z])([A-Z])", "$1_$2"));
    }

    /** Returns what happened. */
    static String event(EventType type) {
        return switch (type) {
            case SIGNED_UP -> "User created";
            case API_KEY_CREATED -> "API key created";
            case API_KEY_ROTATED -> "API key replaced";
            case API_KEY_REVOKED -> "API key revoked";
            case TENANT_DOMAIN_ADDED -> "Domain added";
            case TENANT_DOMAIN_REMOVED -> "Domain removed";
            case TENANT_CHANGED -> "Database settings changed";
            case TENANT_PLAN_SWITCHED -> "Plan switched";
            case TENANT_EXTENDED -> "End date changed";
            case TENANT_EXPIRING -> "Owner reminded of the end date";
            case TENANT_STORAGE_EXCEEDED -> "Storage limit exceeded";
            case TENANT_RETAINED -> "Database deleted";
            case TENANT_DELETED -> "Database removed for good";
            case TENANT_BACKED_UP -> "Backed up before removal";
            case TENANT_ENTERED -> "Owner signed in with a link";
            case CUSTOMER_EXPORTED -> "Data of a customer downloaded";
            case ORPHAN_DROPPED -> "Unknown database removed";
            case SESSIONS_ENDED -> "Connections of the application ended";
            case RIGHTS_REVOKED -> "Rights of the application's login revoked";
            default -> event((Enum<?>) type);
        };
    }

    /** Returns what happened, such as {@code Signed up} if the user created its own account. */
    static String event(Event event) {
        return event.type() == EventType.SIGNED_UP
                        && event.actor().equals(event.details().get("login"))
                ? "Signed up"
                : event(event.type());
    }

    /** Returns who acted, by login. The embedder and the account of the system are the system. */
    static String actor(String login) {
        return login.equals("host") || login.equals("__system__") ? "System" : login;
    }

    /** Describes the progress of an operation, such as {@code 33%, last step: database}. */
    static String progress(Operation operation) {
        String step = operation.step();
        if (operation.state() == OperationState.PAUSED) {
            return "Paused at " + operation.percent() + "%";
        }
        if (operation.state() != OperationState.RUNNING) {
            return operation.state() == OperationState.DONE
                    ? "Finished"
                    : "Failed" + (step.isEmpty() ? "" : ", last step: " + step);
        }
        String progress = step.equals("queued")
                ? "Waiting to start"
                : operation.percent() + "%" + (step.isEmpty() ? "" : ", last step: " + step);
        int attempts = operation.attempts();
        return attempts == 0
                ? progress
                : progress + "; failed " + (attempts == 1 ? "once" : attempts + " times") + ", retrying";
    }

    /** Formats a duration, such as {@code 350 ms}, {@code 2.5 s} or {@code 3 min}. */
    static String duration(Duration duration) {
        long millis = Math.max(0, duration.toMillis());
        if (millis < 1000) {
            return millis + " ms";
        }
        return duration.toSeconds() < SECONDS_PER_MINUTE
                ? String.format(Locale.ROOT, "%.1f s", millis / 1000.0)
                : duration.toMinutes() + " min";
    }
}
