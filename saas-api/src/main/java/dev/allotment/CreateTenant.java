// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a new client database.
 *
 * @param plan null: outside any plan, and then a name and an administrator are needed and nobody owns it
 * @param name null: from the plan's DB Names template
 * @param owner the account that gets into it; null with a plan: the acting user
 * @param customer whom it counts for; null: the owner's
 * @param trial counts against the limit of trials, and expires after the plan's hours
 * @param notifyUser whether the owner is written to
 * @param uuid its identity; null: a random one
 * @param administrator its administrator's login and password; null: the administrator has no password
 * @param idempotencyKey chosen by the caller, 255 characters at most; a repeated request with the same key returns the first
 *     result, with a new access token, and never makes a second database
 */
public record CreateTenant(
        @Nullable PlanId plan,
        @Nullable String name,
        @Nullable UserId owner,
        @Nullable CustomerId customer,
        boolean trial,
        boolean notifyUser,
        @Nullable UUID uuid,
        @Nullable Administrator administrator,
        @Nullable String lang,
        @Nullable String idempotencyKey) {

    /** The password is never printed. */
    public record Administrator(String login, String password) {
        @Override
        public String toString() {
            return "Administrator[login=" + login + "]";
        }
    }

    public static CreateTenant on(PlanId plan) {
        return new CreateTenant(plan, null, null, null, false, true, null, null, null, null);
    }

    public static CreateTenant on(Plan plan) {
        return on(plan.id());
    }

    public static CreateTenant outsidePlans(String name, Administrator administrator) {
        return new CreateTenant(null, name, null, null, false, false, null, administrator, null, null);
    }

    public CreateTenant named(@Nullable String value) {
        return new CreateTenant(
                plan, value, owner, customer, trial, notifyUser, uuid, administrator, lang, idempotencyKey);
    }

    public CreateTenant ownedBy(UserId value) {
        return new CreateTenant(
                plan, name, value, customer, trial, notifyUser, uuid, administrator, lang, idempotencyKey);
    }

    public CreateTenant ownedBy(User value) {
        return ownedBy(value.id());
    }

    public CreateTenant forCustomer(@Nullable CustomerId value) {
        return new CreateTenant(plan, name, owner, value, trial, notifyUser, uuid, administrator, lang, idempotencyKey);
    }

    public CreateTenant asTrial(boolean value) {
        return new CreateTenant(
                plan, name, owner, customer, value, notifyUser, uuid, administrator, lang, idempotencyKey);
    }

    public CreateTenant notifyingUser(boolean value) {
        return new CreateTenant(plan, name, owner, customer, trial, value, uuid, administrator, lang, idempotencyKey);
    }

    public CreateTenant withUuid(@Nullable UUID value) {
        return new CreateTenant(
                plan, name, owner, customer, trial, notifyUser, value, administrator, lang, idempotencyKey);
    }

    public CreateTenant inLanguage(@Nullable String value) {
        return new CreateTenant(
                plan, name, owner, customer, trial, notifyUser, uuid, administrator, value, idempotencyKey);
    }

    public CreateTenant withIdempotencyKey(@Nullable String value) {
        return new CreateTenant(plan, name, owner, customer, trial, notifyUser, uuid, administrator, lang, value);
    }
}
