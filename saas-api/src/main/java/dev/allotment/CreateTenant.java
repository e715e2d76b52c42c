// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A command to create a tenant: {@code CreateTenant.onPlan(plan).name("shop").owner(user).build()}.
 *
 * <p>Immutable. The administrator's password is never printed.
 *
 * @param plan the plan; null: outside any plan, see {@link #outsidePlans}
 * @param name the name of the database; null: generated from the plan's name template
 * @param owner the account that the tenant is created for; null with a plan: the acting user
 * @param customer the customer that the tenant belongs to; null: the owner's customer
 * @param trial whether the tenant is a trial: it counts against the limit of trials and expires after the plan's
 *     trial hours
 * @param notifyOwner whether the owner gets an email about the new tenant
 * @param uuid the identity of the tenant; null: a random one
 * @param administrator login and password of the tenant's administrator; null: the administrator has no password
 * @param lang the language of the database; null: the plan's language
 * @param attributes {@link Tenant#attributes}; only administrators may set them
 * @param idempotencyKey the caller's key, at most 255 characters; a repeated request with the same key returns the
 *     first result; null: no key
 */
public record CreateTenant(
        @Nullable PlanId plan,
        @Nullable String name,
        @Nullable UserId owner,
        @Nullable CustomerId customer,
        boolean trial,
        boolean notifyOwner,
        @Nullable UUID uuid,
        @Nullable Administrator administrator,
        @Nullable String lang,
        Map<String, String> attributes,
        @Nullable String idempotencyKey) {
    /** Creates a record from all its components. Use a builder instead. */
    @Internal
    public CreateTenant {
        attributes = Map.copyOf(attributes);
    }

    /**
     * Login and password of the administrator of a new tenant. The password is never printed.
     *
     * @param login at most 254 characters
     * @param password at most 4,096 characters
     */
    public record Administrator(String login, String password) {
        /** Returns the login without the password. */
        @Override
        public String toString() {
            return "Administrator[login=" + login + "]";
        }
    }

    /** Starts a command to create a tenant on a plan. */
    public static Builder onPlan(PlanId plan) {
        return new Builder().plan(plan);
    }

    /** Starts a command to create a tenant on a plan. */
    public static Builder onPlan(Plan plan) {
        return onPlan(plan.id());
    }

    /**
     * Starts a command to create a tenant outside any plan. Such a tenant has no owner, no customer and no limits,
     * and only administrators may create it.
     *
     * @param name the name of the database
     * @param administrator login and password of the tenant's administrator
     */
    public static Builder outsidePlans(String name, Administrator administrator) {
        return new Builder().name(name).administrator(administrator).notifyOwner(false);
    }

    /** Starts a builder with the values of this record. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Collects the parts of {@link CreateTenant}. Not safe for use by several threads. */
    public static final class Builder {
        private @Nullable PlanId plan;
        private @Nullable String name;
        private @Nullable UserId owner;
        private @Nullable CustomerId customer;
        private boolean trial;
        private boolean notifyOwner = true;
        private @Nullable UUID uuid;
        private @Nullable Administrator administrator;
        private @Nullable String lang;
        private Map<String, String> attributes = Map.of();
        private @Nullable String idempotencyKey;

        private Builder() {}

        private Builder(CreateTenant from) {
            plan = from.plan;
            name = from.name;
            owner = from.owner;
            customer = from.customer;
            trial = from.trial;
            notifyOwner = from.notifyOwner;
            uuid = from.uuid;
            administrator = from.administrator;
            lang = from.lang;
            attributes = from.attributes;
            idempotencyKey = from.idempotencyKey;
        }

        /** Sets {@link CreateTenant#plan}. Default: null. */
        public Builder plan(@Nullable PlanId value) {
            plan = value;
            return this;
        }

        /** Sets {@link CreateTenant#name}. Default: null. */
        public Builder name(@Nullable String value) {
            name = value;
            return this;
        }

        /** Sets {@link CreateTenant#owner}. Default: null. */
        public Builder owner(@Nullable UserId value) {
            owner = value;
            return this;
        }

        /** Sets {@link CreateTenant#customer}. Default: null. */
        public Builder customer(@Nullable CustomerId value) {
            customer = value;
            return this;
        }

        /** Sets {@link CreateTenant#trial}. Default: false. */
        public Builder trial(boolean value) {
            trial = value;
            return this;
        }

        /** Sets {@link CreateTenant#notifyOwner}. Default: true. */
        public Builder notifyOwner(boolean value) {
            notifyOwner = value;
            return this;
        }

        /** Sets {@link CreateTenant#uuid}. Default: null. */
        public Builder uuid(@Nullable UUID value) {
            uuid = value;
            return this;
        }

        /** Sets {@link CreateTenant#administrator}. Default: null. */
        public Builder administrator(@Nullable Administrator value) {
            administrator = value;
            return this;
        }

        /** Sets {@link CreateTenant#lang}. Default: null. */
        public Builder lang(@Nullable String value) {
            lang = value;
            return this;
        }

        /** Sets {@link CreateTenant#attributes}. Default: none. */
        public Builder attributes(Map<String, String> value) {
            attributes = value;
            return this;
        }

        /** Sets {@link CreateTenant#idempotencyKey}. Default: null. */
        public Builder idempotencyKey(@Nullable String value) {
            idempotencyKey = value;
            return this;
        }

        /** Sets {@link CreateTenant#owner}. Default: null. */
        public Builder owner(User value) {
            return owner(value.id());
        }

        /** Creates the record. It checks no value: {@link Tenants#create} refuses wrong ones. */
        public CreateTenant build() {
            return new CreateTenant(
                    plan,
                    name,
                    owner,
                    customer,
                    trial,
                    notifyOwner,
                    uuid,
                    administrator,
                    lang,
                    attributes,
                    idempotencyKey);
        }
    }
}
