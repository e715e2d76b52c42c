// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is sold: limits, trial, and what a new client database is cloned from.
 *
 * @param templateId cloned for each new tenant; null: a database with nothing but the base
 * @param serverId the only server for its tenants; null: chosen among the active ones
 * @param dbNameTemplate {@code %i} stands for the next number, of three digits at least; null: a name must be given
 * @param maxUsers regular users per database; 0: no limit
 * @param storageLimitMb megabytes of database and files; 0: no limit
 * @param trialHours hours of a trial
 * @param graceDays days between expiry and suspension
 * @param maxDatabasesPerCustomer databases of this plan that are not trials, per customer; 0: no limit
 * @param maxTrialDatabasesPerCustomer trials of this plan, per customer; 0: no limit
 * @param spares how many ready copies of its template are kept in stock at most
 * @param published whether whoever has signed up may start a client database on it: see {@link SelfService}
 * @param sequence order of presentation, smallest first
 * @param version the {@link PlanVersion} that is sold now; given by the control plane, as is the first one, 1
 * @param tags new tenants get them; each a word of lower case letters, digits, hyphens, underscores, dots and colons
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
        List<String> tags) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<Plan, PlanId> ID = RecordField.of("id");

    /** The field {@code name}, for filters and sort keys. */
    public static final RecordField<Plan, String> NAME = RecordField.of("name");

    /** The field {@code summary}, for filters and sort keys. */
    public static final RecordField<Plan, String> SUMMARY = RecordField.of("summary");

    /** The field {@code templateId}, for filters and sort keys. */
    public static final RecordField<Plan, TemplateId> TEMPLATE_ID = RecordField.of("templateId");

    /** The field {@code serverId}, for filters and sort keys. */
    public static final RecordField<Plan, ServerId> SERVER_ID = RecordField.of("serverId");

    /** The field {@code dbNameTemplate}, for filters and sort keys. */
    public static final RecordField<Plan, String> DB_NAME_TEMPLATE = RecordField.of("dbNameTemplate");

    /** The field {@code demo}, for filters and sort keys. */
    public static final RecordField<Plan, Boolean> DEMO = RecordField.of("demo");

    /** The field {@code maxUsers}, for filters and sort keys. */
    public static final RecordField<Plan, Integer> MAX_USERS = RecordField.of("maxUsers");

    /** The field {@code storageLimitMb}, for filters and sort keys. */
    public static final RecordField<Plan, Integer> STORAGE_LIMIT_MB = RecordField.of("storageLimitMb");

    /** The field {@code blockOnExpiration}, for filters and sort keys. */
    public static final RecordField<Plan, Boolean> BLOCK_ON_EXPIRATION = RecordField.of("blockOnExpiration");

    /** The field {@code blockOnStorageExceed}, for filters and sort keys. */
    public static final RecordField<Plan, Boolean> BLOCK_ON_STORAGE_EXCEED = RecordField.of("blockOnStorageExceed");

    /** The field {@code trialHours}, for filters and sort keys. */
    public static final RecordField<Plan, Integer> TRIAL_HOURS = RecordField.of("trialHours");

    /** The field {@code graceDays}, for filters and sort keys. */
    public static final RecordField<Plan, Integer> GRACE_DAYS = RecordField.of("graceDays");

    /** The field {@code maxDatabasesPerCustomer}, for filters and sort keys. */
    public static final RecordField<Plan, Integer> MAX_DATABASES_PER_CUSTOMER = RecordField.of("maxDatabasesPerCustomer");

    /** The field {@code maxTrialDatabasesPerCustomer}, for filters and sort keys. */
    public static final RecordField<Plan, Integer> MAX_TRIAL_DATABASES_PER_CUSTOMER = RecordField.of("maxTrialDatabasesPerCustomer");

    /** The field {@code lang}, for filters and sort keys. */
    public static final RecordField<Plan, String> LANG = RecordField.of("lang");

    /** The field {@code tz}, for filters and sort keys. */
    public static final RecordField<Plan, String> TZ = RecordField.of("tz");

    /** The field {@code sequence}, for filters and sort keys. */
    public static final RecordField<Plan, Integer> SEQUENCE = RecordField.of("sequence");

    /** The field {@code createdAt}, for filters and sort keys. */
    public static final RecordField<Plan, Instant> CREATED_AT = RecordField.of("createdAt");

    /** The field {@code spares}, for filters and sort keys. */
    public static final RecordField<Plan, Integer> SPARES = RecordField.of("spares");

    /** The field {@code published}, for filters and sort keys. */
    public static final RecordField<Plan, Boolean> PUBLISHED = RecordField.of("published");

    /** The field {@code version}, for filters and sort keys. */
    public static final RecordField<Plan, Integer> VERSION = RecordField.of("version");

    public Plan {
        tags = List.copyOf(tags);
    }

    /** Starts from the defaults named at each part of {@link Plan}. */
    public static Builder builder(String name) {
        return new Builder(name);
    }

    /** A builder that starts from this one. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Collects the parts; not safe for use by several threads. */
    public static final class Builder {
        private PlanId id = new PlanId(0);
        private String name;
        private @Nullable String summary;
        private @Nullable TemplateId templateId;
        private @Nullable ServerId serverId;
        private @Nullable String dbNameTemplate;
        private boolean demo = false;
        private int maxUsers = 0;
        private int storageLimitMb = 0;
        private boolean blockOnExpiration = false;
        private boolean blockOnStorageExceed = false;
        private int trialHours = 0;
        private int graceDays = 0;
        private int maxDatabasesPerCustomer = 0;
        private int maxTrialDatabasesPerCustomer = 0;
        private String lang = "en_US";
        private String tz = "UTC";
        private int sequence = 10;
        private Instant createdAt = Instant.EPOCH;
        private int spares;
        private boolean published;
        private int version = 1;
        private List<String> tags = List.of();

        private Builder(String name) {
            this.name = name;
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
        }

        public Builder id(PlanId value) {
            id = value;
            return this;
        }

        public Builder name(String value) {
            name = value;
            return this;
        }

        public Builder summary(@Nullable String value) {
            summary = value;
            return this;
        }

        public Builder templateId(@Nullable TemplateId value) {
            templateId = value;
            return this;
        }

        public Builder serverId(@Nullable ServerId value) {
            serverId = value;
            return this;
        }

        public Builder dbNameTemplate(@Nullable String value) {
            dbNameTemplate = value;
            return this;
        }

        public Builder demo(boolean value) {
            demo = value;
            return this;
        }

        public Builder maxUsers(int value) {
            maxUsers = value;
            return this;
        }

        public Builder storageLimitMb(int value) {
            storageLimitMb = value;
            return this;
        }

        public Builder blockOnExpiration(boolean value) {
            blockOnExpiration = value;
            return this;
        }

        public Builder blockOnStorageExceed(boolean value) {
            blockOnStorageExceed = value;
            return this;
        }

        public Builder trialHours(int value) {
            trialHours = value;
            return this;
        }

        public Builder graceDays(int value) {
            graceDays = value;
            return this;
        }

        public Builder maxDatabasesPerCustomer(int value) {
            maxDatabasesPerCustomer = value;
            return this;
        }

        public Builder maxTrialDatabasesPerCustomer(int value) {
            maxTrialDatabasesPerCustomer = value;
            return this;
        }

        public Builder lang(String value) {
            lang = value;
            return this;
        }

        public Builder tz(String value) {
            tz = value;
            return this;
        }

        public Builder sequence(int value) {
            sequence = value;
            return this;
        }

        public Builder createdAt(Instant value) {
            createdAt = value;
            return this;
        }

        public Builder spares(int value) {
            spares = value;
            return this;
        }

        public Builder published(boolean value) {
            published = value;
            return this;
        }

        public Builder version(int value) {
            version = value;
            return this;
        }

        public Builder tags(List<String> value) {
            tags = value;
            return this;
        }

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
                    tags);
        }
    }
}
