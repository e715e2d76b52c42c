// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import dev.allotment.backup.Backups;
import dev.allotment.fleet.Server;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A plan: what is sold. It has limits, a trial, and the template that new tenants are cloned from.
 *
 * <p>Immutable. The {@link RecordField} constants name the fields for filters and sort keys.
 *
 * @param id 0 before the plan is stored
 * @param name for display
 * @param summary a sentence for customers; null: none
 * @param templateId the template that is cloned for each new tenant; null: a database with the base schema only
 * @param serverId the only server for its tenants; null: chosen among the active servers
 * @param dbNameTemplate makes names of new tenants; {@code %i} is the next number, with at least three digits; null:
 *     a name must be given
 * @param demo whether its template contains demo data
 * @param maxUsers regular users per tenant; 0: no limit
 * @param storageLimitMb megabytes of database and files per tenant; 0: no limit
 * @param blockOnExpiration whether an expired tenant is suspended after the grace period; a trial always is, at once
 * @param blockOnStorageExceed whether a tenant that exceeds its storage limit is suspended
 * @param trialHours hours until a trial expires; 0: no trials in self-service
 * @param graceDays days between expiry and suspension; not for trials
 * @param maxDatabasesPerCustomer tenants of this plan per customer, without trials; 0: no limit
 * @param maxTrialDatabasesPerCustomer trials of this plan per customer; 0: no limit
 * @param lang the language, such as {@code en_US}
 * @param tz an IANA time zone, such as {@code UTC}
 * @param sequence position in lists, smallest first
 * @param createdAt when the record was created; set by the control plane
 * @param spares how many spare databases of its template the warm pool has at most
 * @param published whether portal accounts may create tenants on it: see {@link SelfService}
 * @param version the {@link PlanVersion} that is sold now; set by the control plane, starting at 1
 * @param tags copied to new tenants; each a word of lowercase letters, digits, hyphens, underscores, dots and colons
 * @param attributes texts of the embedder by key, such as a customer id of its payment provider, see {@link
 *     Filter#attribute}; empty for callers that are not administrators. Some {@linkplain Server#REQUIRED_LABEL require
 *     labels of the server}. They are not terms: a change makes no new version, and tenants do not get them
 * @param backups when the maintenance backs up its tenants, and what it keeps; null: it does not
 * @param maintenanceWindow when campaigns may change its tenants that have no other window, in the time zone of each;
 *     null: at any time
 * @param backupLimitMb megabytes that the backups of all tenants of a customer on this plan may take in the store; 0:
 *     no limit. A change makes no new version, and applies to all tenants of the plan at once. See {@link
 *     Backups#usage}
 * @param entitlements what the application of its tenants may do, by name, such as {@code projects}: at most 50. A name
 *     consists of 1 to 64 lowercase letters, digits, dots, underscores and hyphens, and starts with a letter or a
 *     digit. They are terms. A tenant's database has each as a parameter: see {@link Parameter#ENTITLEMENT}
 * @param price for display; a change makes no new version; null: none is shown
 * @param billingUrl where the owner of a tenant manages its payment, an https address that may contain {@code {tenant}}
 *     and {@code {customer}}, see {@link #billingUrl(Tenant)}; a change makes no new version; null: none
 * @param paymentTerms what follows for its tenants if they are not paid; null: nothing. A change makes no new version,
 *     and applies to all tenants of the plan at the next maintenance
 */
public record Plan(
        PlanId id,
        String name,
        @Nullable String summary,
        @Nullable TemplateId templateId,
        @Nullable ServerId serverId,
        @Nullable String dbNameTemplate,
        boolean demo,
        int maxUsers,
        int storageLimitMb,
        boolean blockOnExpiration,
        boolean blockOnStorageExceed,
        int trialHours,
        int graceDays,
        int maxDatabasesPerCustomer,
        int maxTrialDatabasesPerCustomer,
        String lang,
        String tz,
        int sequence,
        Instant createdAt,
        int spares,
        boolean published,
        int version,
        List<String> tags,
        Map<String, String> attributes,
        @Nullable BackupSchedule backups,
        @Nullable MaintenanceWindow maintenanceWindow,
        int backupLimitMb,
        Map<String, Entitlement> entitlements,
        @Nullable Price price,
        @Nullable String billingUrl,
        @Nullable PaymentTerms paymentTerms) {
    /** The bytes of a megabyte, the unit of limits: 1,048,576. */
    public static final long MEGABYTE = 1024L * 1024L;

    public static final RecordField<Plan, PlanId> ID = RecordField.of("id");
    public static final RecordField<Plan, String> NAME = RecordField.of("name");
    public static final RecordField<Plan, String> SUMMARY = RecordField.of("summary");
    public static final RecordField<Plan, TemplateId> TEMPLATE_ID = RecordField.of("templateId");
    public static final RecordField<Plan, ServerId> SERVER_ID = RecordField.of("serverId");
    public static final RecordField<Plan, String> DB_NAME_TEMPLATE = RecordField.of("dbNameTemplate");
    public static final RecordField<Plan, Boolean> DEMO = RecordField.of("demo");
    public static final RecordField<Plan, Integer> MAX_USERS = RecordField.of("maxUsers");
    public static final RecordField<Plan, Integer> STORAGE_LIMIT_MB = RecordField.of("storageLimitMb");
    public static final RecordField<Plan, Boolean> BLOCK_ON_EXPIRATION = RecordField.of("blockOnExpiration");
    public static final RecordField<Plan, Boolean> BLOCK_ON_STORAGE_EXCEED = RecordField.of("blockOnStorageExceed");
    public static final RecordField<Plan, Integer> TRIAL_HOURS = RecordField.of("trialHours");
    public static final RecordField<Plan, Integer> GRACE_DAYS = RecordField.of("graceDays");
    public static final RecordField<Plan, Integer> MAX_DATABASES_PER_CUSTOMER =
            RecordField.of("maxDatabasesPerCustomer");
    public static final RecordField<Plan, Integer> MAX_TRIAL_DATABASES_PER_CUSTOMER =
            RecordField.of("maxTrialDatabasesPerCustomer");
    public static final RecordField<Plan, String> LANG = RecordField.of("lang");
    public static final RecordField<Plan, String> TZ = RecordField.of("tz");
    public static final RecordField<Plan, Integer> SEQUENCE = RecordField.of("sequence");
    public static final RecordField<Plan, Instant> CREATED_AT = RecordField.of("createdAt");
    public static final RecordField<Plan, Integer> SPARES = RecordField.of("spares");
    public static final RecordField<Plan, Boolean> PUBLISHED = RecordField.of("published");
    public static final RecordField<Plan, Integer> VERSION = RecordField.of("version");
    public static final RecordField<Plan, BackupSchedule> BACKUPS = RecordField.of("backups");
    public static final RecordField<Plan, MaintenanceWindow> MAINTENANCE_WINDOW = RecordField.of("maintenanceWindow");
    public static final RecordField<Plan, Integer> BACKUP_LIMIT_MB = RecordField.of("backupLimitMb");
    public static final RecordField<Plan, Price> PRICE = RecordField.of("price");
    public static final RecordField<Plan, String> BILLING_URL = RecordField.of("billingUrl");
    public static final RecordField<Plan, PaymentTerms> PAYMENT_TERMS = RecordField.of("paymentTerms");

    /** Creates a record from all its components. Use {@link #builder} instead. */
    @Internal
    public Plan {
        tags = List.copyOf(tags);
        attributes = Map.copyOf(attributes);
        entitlements = Map.copyOf(entitlements);
    }

    /**
     * Returns where the owner of a tenant manages its payment: {@code {tenant}} is replaced by the UUID of the tenant,
     * and {@code {customer}} by the id of its customer, or by nothing if it has none. Empty if the plan has no address.
     */
    public Optional<String> billingUrl(Tenant tenant) {
        CustomerId customer = tenant.customerId();
        return Optional.ofNullable(billingUrl)
                .map(url -> url.replace("{tenant}", tenant.uuid().toString())
                        .replace("{customer}", customer == null ? "" : customer.toString()));
    }

    /** Starts a builder with the required parts. The builder methods name the defaults of the others. */
    public static Builder builder(String name) {
        return new Builder(name);
    }

    /** Starts a builder with the values of this record. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Collects the parts of {@link Plan}. Not safe for use by several threads. */
    public static final class Builder {
        private PlanId id = new PlanId(0);
        private String name;
        private @Nullable String summary;
        private @Nullable TemplateId templateId;
        private @Nullable ServerId serverId;
        private @Nullable String dbNameTemplate;
        private boolean demo;
        private int maxUsers;
        private int storageLimitMb;
        private boolean blockOnExpiration;
        private boolean blockOnStorageExceed;
        private int trialHours;
        private int graceDays;
        private int maxDatabasesPerCustomer;
        private int maxTrialDatabasesPerCustomer;
        private String lang = "en_US";
        private String tz = "UTC";
        private int sequence = 10;
        private Instant createdAt = Instant.EPOCH;
        private int spares;
        private boolean published;
        private int version = 1;
        private List<String> tags = List.of();
        private @Nullable BackupSchedule backups;
        private @Nullable MaintenanceWindow maintenanceWindow;
        private int backupLimitMb;
        private @Nullable PaymentTerms paymentTerms;
        private Map<String, String> attributes = Map.of();
        private Map<String, Entitlement> entitlements = Map.of();
        private @Nullable Price price;
        private @Nullable String billingUrl;

        private Builder(String name) {
            this.name = Objects.requireNonNull(name, "name");
        }

        private Builder(Plan from) {
            id = from.id;
            name = from.name;
            summary = from.summary;
            templateId = from.templateId;
            serverId = from.serverId;
            dbNameTemplate = from.dbNameTemplate;
            demo = from.demo;
            maxUsers = from.maxUsers;
            storageLimitMb = from.storageLimitMb;
            blockOnExpiration = from.blockOnExpiration;
            blockOnStorageExceed = from.blockOnStorageExceed;
            trialHours = from.trialHours;
            graceDays = from.graceDays;
            maxDatabasesPerCustomer = from.maxDatabasesPerCustomer;
            maxTrialDatabasesPerCustomer = from.maxTrialDatabasesPerCustomer;
            lang = from.lang;
            tz = from.tz;
            sequence = from.sequence;
            createdAt = from.createdAt;
            spares = from.spares;
            published = from.published;
            version = from.version;
            tags = from.tags;
            backups = from.backups;
            maintenanceWindow = from.maintenanceWindow;
            backupLimitMb = from.backupLimitMb;
            paymentTerms = from.paymentTerms;
            attributes = from.attributes;
            entitlements = from.entitlements;
            price = from.price;
            billingUrl = from.billingUrl;
        }

        /** Sets {@link Plan#id}. Default: 0. */
        public Builder id(PlanId value) {
            id = value;
            return this;
        }

        /** Sets {@link Plan#name}. */
        public Builder name(String value) {
            name = value;
            return this;
        }

        /** Sets {@link Plan#summary}. Default: null. */
        public Builder summary(@Nullable String value) {
            summary = value;
            return this;
        }

        /** Sets {@link Plan#templateId}. Default: null. */
        public Builder templateId(@Nullable TemplateId value) {
            templateId = value;
            return this;
        }

        /** Sets {@link Plan#serverId}. Default: null. */
        public Builder serverId(@Nullable ServerId value) {
            serverId = value;
            return this;
        }

        /** Sets {@link Plan#dbNameTemplate}. Default: null. */
        public Builder dbNameTemplate(@Nullable String value) {
            dbNameTemplate = value;
            return this;
        }

        /** Sets {@link Plan#demo}. Default: false. */
        public Builder demo(boolean value) {
            demo = value;
            return this;
        }

        /** Sets {@link Plan#maxUsers}. Default: 0. */
        public Builder maxUsers(int value) {
            maxUsers = value;
            return this;
        }

        /** Sets {@link Plan#storageLimitMb}. Default: 0. */
        public Builder storageLimitMb(int value) {
            storageLimitMb = value;
            return this;
        }

        /** Sets {@link Plan#blockOnExpiration}. Default: false. */
        public Builder blockOnExpiration(boolean value) {
            blockOnExpiration = value;
            return this;
        }

        /** Sets {@link Plan#blockOnStorageExceed}. Default: false. */
        public Builder blockOnStorageExceed(boolean value) {
            blockOnStorageExceed = value;
            return this;
        }

        /** Sets {@link Plan#trialHours}. Default: 0. */
        public Builder trialHours(int value) {
            trialHours = value;
            return this;
        }

        /** Sets {@link Plan#graceDays}. Default: 0. */
        public Builder graceDays(int value) {
            graceDays = value;
            return this;
        }

        /** Sets {@link Plan#maxDatabasesPerCustomer}. Default: 0. */
        public Builder maxDatabasesPerCustomer(int value) {
            maxDatabasesPerCustomer = value;
            return this;
        }

        /** Sets {@link Plan#maxTrialDatabasesPerCustomer}. Default: 0. */
        public Builder maxTrialDatabasesPerCustomer(int value) {
            maxTrialDatabasesPerCustomer = value;
            return this;
        }

        /** Sets {@link Plan#lang}. Default: {@code en_US}. */
        public Builder lang(String value) {
            lang = value;
            return this;
        }

        /** Sets {@link Plan#tz}. Default: {@code UTC}. */
        public Builder tz(String value) {
            tz = value;
            return this;
        }

        /** Sets {@link Plan#sequence}. Default: 10. */
        public Builder sequence(int value) {
            sequence = value;
            return this;
        }

        /** Sets {@link Plan#createdAt}. Default: {@code 1970-01-01T00:00:00Z}. */
        public Builder createdAt(Instant value) {
            createdAt = value;
            return this;
        }

        /** Sets {@link Plan#spares}. Default: 0. */
        public Builder spares(int value) {
            spares = value;
            return this;
        }

        /** Sets {@link Plan#published}. Default: false. */
        public Builder published(boolean value) {
            published = value;
            return this;
        }

        /** Sets {@link Plan#version}. Default: 1. */
        public Builder version(int value) {
            version = value;
            return this;
        }

        /** Sets {@link Plan#tags}. Default: none. */
        public Builder tags(List<String> value) {
            tags = value;
            return this;
        }

        /** Sets {@link Plan#backups}. Default: null. */
        public Builder backups(@Nullable BackupSchedule value) {
            backups = value;
            return this;
        }

        /** Sets {@link Plan#maintenanceWindow}. Default: null. */
        public Builder maintenanceWindow(@Nullable MaintenanceWindow value) {
            maintenanceWindow = value;
            return this;
        }

        /** Sets {@link Plan#backupLimitMb}. Default: 0. */
        public Builder backupLimitMb(int value) {
            backupLimitMb = value;
            return this;
        }

        /** Sets {@link Plan#paymentTerms}. Default: null. */
        public Builder paymentTerms(@Nullable PaymentTerms value) {
            paymentTerms = value;
            return this;
        }

        /**
         * Sets {@link Plan#attributes}. Default: none.
         */
        public Builder attributes(Map<String, String> value) {
            attributes = value;
            return this;
        }

        /**
         * Sets one of the {@link Plan#attributes} and keeps the others. Default: none.
         *
         * @param value null: removes the attribute
         */
        public Builder attribute(String key, @Nullable String value) {
            attributes = AttributeMap.with(attributes, key, value);
            return this;
        }

        /** Sets {@link Plan#entitlements}. Default: none. */
        public Builder entitlements(Map<String, Entitlement> value) {
            entitlements = value;
            return this;
        }

        /** Sets an ability among the {@link Plan#entitlements} and keeps the others. Default: none. */
        public Builder entitlement(String name, boolean on) {
            return entitlements(AttributeMap.with(entitlements, name, Entitlement.of(on)));
        }

        /** Sets a number among the {@link Plan#entitlements} and keeps the others. Default: none. */
        public Builder entitlement(String name, long number) {
            return entitlements(AttributeMap.with(entitlements, name, Entitlement.of(number)));
        }

        /** Sets {@link Plan#price}. Default: null. */
        public Builder price(@Nullable Price value) {
            price = value;
            return this;
        }

        /** Sets {@link Plan#billingUrl()}. Default: null. */
        public Builder billingUrl(@Nullable String value) {
            billingUrl = value;
            return this;
        }

        /**
         * Creates the record. It checks no value: {@link Plans#create} and {@link Plans#update} refuse wrong ones, all
         * at once, with {@code plan.invalid}.
         */
        public Plan build() {
            return new Plan(
                    id,
                    name,
                    summary,
                    templateId,
                    serverId,
                    dbNameTemplate,
                    demo,
                    maxUsers,
                    storageLimitMb,
                    blockOnExpiration,
                    blockOnStorageExceed,
                    trialHours,
                    graceDays,
                    maxDatabasesPerCustomer,
                    maxTrialDatabasesPerCustomer,
                    lang,
                    tz,
                    sequence,
                    createdAt,
                    spares,
                    published,
                    version,
                    tags,
                    attributes,
                    backups,
                    maintenanceWindow,
                    backupLimitMb,
                    entitlements,
                    price,
                    billingUrl,
                    paymentTerms);
        }
    }
}
