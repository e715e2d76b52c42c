// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.ConfigurationResult;
import dev.allotment.Internal;
import dev.allotment.Operation;
import dev.allotment.OperationId;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.RecordField;
import dev.allotment.SaasException;
import dev.allotment.TemplateId;
import dev.allotment.TenantId;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The row of an operation: the values of {@link Operation}, and what only the engine needs.
 *
 * <p>Immutable.
 *
 * @param id 0 before the operation is stored
 * @param uuid the identity, which never changes
 * @param kind what it does
 * @param state whether it runs, succeeded or failed
 * @param step the last step known to be done; {@code queued} before the first one
 * @param tenantId the tenant that it works on; null: none
 * @param templateId the template that it works on; null: none
 * @param idempotencyKey the caller's key, unique for the acting user; null: none
 * @param fingerprint hash of the request that came with the key; null: no key
 * @param input what the steps need in addition to the records, and what only administrators may read of a failure;
 *     contains secrets while the operation runs
 * @param errorCode the code of the failure, see {@link SaasException#code}; null: not failed
 * @param errorMessage the message of the failure; null: not failed
 * @param node the node that works on it, or did last
 * @param fencingToken incremented each time a node takes it over; a node with an older number must stop
 * @param leaseUntil any node may take it over after this instant
 * @param createdAt when it was requested
 * @param updatedAt when its record last changed
 * @param startedBy the login of the account that requested it; {@code host} for the embedding program itself
 * @param clientAddress the network address of the caller; null: not known
 * @param percent how much of it is done, 0 to 100
 * @param cancelRequested whether it is to be undone at the next step, if that is still possible
 * @param attempts how often it failed and was left for a retry, since its last step was done
 * @param result what it found out, by name: the parts of {@link ConfigurationResult} with comma-separated lists, or
 *     {@code plan} or {@code customer} with the id of the created record
 * @param epoch the epoch of the catalog in which it was created, see {@link FencingToken}
 * @param campaign the {@link OperationKind#CAMPAIGN} that it is a part of; null: none
 * @param otherTenantId the second tenant that it works on, which is as busy as the first one; null: none
 */
public record StoredOperation(
        OperationId id,
        UUID uuid,
        OperationKind kind,
        OperationState state,
        String step,
        @Nullable TenantId tenantId,
        @Nullable TemplateId templateId,
        @Nullable String idempotencyKey,
        @Nullable String fingerprint,
        Map<String, String> input,
        @Nullable String errorCode,
        @Nullable String errorMessage,
        String node,
        long fencingToken,
        Instant leaseUntil,
        Instant createdAt,
        Instant updatedAt,
        String startedBy,
        @Nullable String clientAddress,
        int percent,
        boolean cancelRequested,
        int attempts,
        Map<String, String> result,
        long epoch,
        @Nullable OperationId campaign,
        @Nullable TenantId otherTenantId) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<StoredOperation, OperationId> ID = RecordField.of("id");

    /** The field {@code uuid}, for filters and sort keys. */
    public static final RecordField<StoredOperation, UUID> UUID = RecordField.of("uuid");

    /** The field {@code kind}, for filters and sort keys. */
    public static final RecordField<StoredOperation, OperationKind> KIND = RecordField.of("kind");

    /** The field {@code state}, for filters and sort keys. */
    public static final RecordField<StoredOperation, OperationState> STATE = RecordField.of("state");

    /** The field {@code step}, for filters and sort keys. */
    public static final RecordField<StoredOperation, String> STEP = RecordField.of("step");

    /** The field {@code tenantId}, for filters and sort keys. */
    public static final RecordField<StoredOperation, TenantId> TENANT_ID = RecordField.of("tenantId");

    /** The field {@code templateId}, for filters and sort keys. */
    public static final RecordField<StoredOperation, TemplateId> TEMPLATE_ID = RecordField.of("templateId");

    /** The field {@code idempotencyKey}, for filters and sort keys. */
    public static final RecordField<StoredOperation, String> IDEMPOTENCY_KEY = RecordField.of("idempotencyKey");

    /** The field {@code fingerprint}, for filters and sort keys. */
    public static final RecordField<StoredOperation, String> FINGERPRINT = RecordField.of("fingerprint");

    /** The field {@code errorCode}, for filters and sort keys. */
    public static final RecordField<StoredOperation, String> ERROR_CODE = RecordField.of("errorCode");

    /** The field {@code errorMessage}, for filters and sort keys. */
    public static final RecordField<StoredOperation, String> ERROR_MESSAGE = RecordField.of("errorMessage");

    /** The field {@code node}, for filters and sort keys. */
    public static final RecordField<StoredOperation, String> NODE = RecordField.of("node");

    /** The field {@code fencingToken}, for filters and sort keys. */
    public static final RecordField<StoredOperation, Long> FENCING_TOKEN = RecordField.of("fencingToken");

    /** The field {@code leaseUntil}, for filters and sort keys. */
    public static final RecordField<StoredOperation, Instant> LEASE_UNTIL = RecordField.of("leaseUntil");

    /** The field {@code createdAt}, for filters and sort keys. */
    public static final RecordField<StoredOperation, Instant> CREATED_AT = RecordField.of("createdAt");

    /** The field {@code updatedAt}, for filters and sort keys. */
    public static final RecordField<StoredOperation, Instant> UPDATED_AT = RecordField.of("updatedAt");

    /** The field {@code startedBy}, for filters and sort keys. */
    public static final RecordField<StoredOperation, String> STARTED_BY = RecordField.of("startedBy");

    /** The field {@code clientAddress}, for filters and sort keys. */
    public static final RecordField<StoredOperation, String> CLIENT_ADDRESS = RecordField.of("clientAddress");

    /** The field {@code percent}, for filters and sort keys. */
    public static final RecordField<StoredOperation, Integer> PERCENT = RecordField.of("percent");

    /** The field {@code cancelRequested}, for filters and sort keys. */
    public static final RecordField<StoredOperation, Boolean> CANCEL_REQUESTED = RecordField.of("cancelRequested");

    /** The field {@code attempts}, for filters and sort keys. */
    public static final RecordField<StoredOperation, Integer> ATTEMPTS = RecordField.of("attempts");

    /** The field {@code epoch}, for filters and sort keys. */
    public static final RecordField<StoredOperation, Long> EPOCH = RecordField.of("epoch");

    /** The field {@code campaign}, for filters and sort keys. */
    public static final RecordField<StoredOperation, OperationId> CAMPAIGN = RecordField.of("campaign");

    /** The field {@code otherTenantId}, for filters and sort keys. */
    public static final RecordField<StoredOperation, TenantId> OTHER_TENANT_ID = RecordField.of("otherTenantId");

    /** Creates a record from all its components. Use {@link #builder} instead. */
    @Internal
    public StoredOperation {
        input = Map.copyOf(input);
        result = Map.copyOf(result);
    }

    /** Starts a builder with the required parts. The builder methods name the defaults of the others. */
    public static Builder builder(UUID uuid, OperationKind kind, String node, Instant leaseUntil, Instant createdAt) {
        return new Builder(uuid, kind, node, leaseUntil, createdAt);
    }

    /** Starts a builder with the values of this record. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Returns what identifies the operation and its outcome; never an input, which may be secret. */
    @Override
    public String toString() {
        return "Operation[id=" + id + ", kind=" + kind + ", state=" + state + ", step=" + step + ", tenant=" + tenantId
                + ", template=" + templateId + ", error=" + errorCode + "]";
    }

    /** Collects the parts of {@link StoredOperation}. Not safe for use by several threads. */
    public static final class Builder {
        private OperationId id = new OperationId(0);
        private UUID uuid;
        private OperationKind kind;
        private OperationState state = OperationState.RUNNING;
        private String step = "";
        private @Nullable TenantId tenantId;
        private @Nullable TemplateId templateId;
        private @Nullable String idempotencyKey;
        private @Nullable String fingerprint;
        private Map<String, String> input = Map.of();
        private @Nullable String errorCode;
        private @Nullable String errorMessage;
        private String node;
        private long fencingToken = 1;
        private Instant leaseUntil;
        private Instant createdAt;
        private Instant updatedAt;
        private String startedBy = "host";
        private @Nullable String clientAddress;
        private int percent;
        private boolean cancelRequested;
        private int attempts;
        private Map<String, String> result = Map.of();
        private long epoch = 1;
        private @Nullable OperationId campaign;
        private @Nullable TenantId otherTenantId;

        private Builder(UUID uuid, OperationKind kind, String node, Instant leaseUntil, Instant createdAt) {
            this.uuid = uuid;
            this.kind = kind;
            this.node = node;
            this.leaseUntil = leaseUntil;
            this.createdAt = createdAt;
            updatedAt = createdAt;
        }

        private Builder(StoredOperation from) {
            id = from.id;
            uuid = from.uuid;
            kind = from.kind;
            state = from.state;
            step = from.step;
            tenantId = from.tenantId;
            templateId = from.templateId;
            idempotencyKey = from.idempotencyKey;
            fingerprint = from.fingerprint;
            input = from.input;
            errorCode = from.errorCode;
            errorMessage = from.errorMessage;
            node = from.node;
            fencingToken = from.fencingToken;
            leaseUntil = from.leaseUntil;
            createdAt = from.createdAt;
            updatedAt = from.updatedAt;
            startedBy = from.startedBy;
            clientAddress = from.clientAddress;
            percent = from.percent;
            cancelRequested = from.cancelRequested;
            attempts = from.attempts;
            result = from.result;
            epoch = from.epoch;
            campaign = from.campaign;
            otherTenantId = from.otherTenantId;
        }

        /** Sets {@link StoredOperation#id}: 0 before the operation is stored. Default: 0. */
        public Builder id(OperationId value) {
            id = value;
            return this;
        }

        /** Sets {@link StoredOperation#uuid}: the identity, which never changes. */
        public Builder uuid(UUID value) {
            uuid = value;
            return this;
        }

        /** Sets {@link StoredOperation#kind}: what it does. */
        public Builder kind(OperationKind value) {
            kind = value;
            return this;
        }

        /** Sets {@link StoredOperation#state}: whether it runs, succeeded or failed. Default: RUNNING. */
        public Builder state(OperationState value) {
            state = value;
            return this;
        }

        /**
         * Sets {@link StoredOperation#step}: the last step known to be done; {@code queued} before the first one.
         * Default: empty.
         */
        public Builder step(String value) {
            step = value;
            return this;
        }

        /** Sets {@link StoredOperation#tenantId}: the tenant that it works on; null: none. Default: null. */
        public Builder tenantId(@Nullable TenantId value) {
            tenantId = value;
            return this;
        }

        /** Sets {@link StoredOperation#templateId}: the template that it works on; null: none. Default: null. */
        public Builder templateId(@Nullable TemplateId value) {
            templateId = value;
            return this;
        }

        /**
         * Sets {@link StoredOperation#idempotencyKey}: the caller's key, unique for the acting user; null: none.
         * Default: null.
         */
        public Builder idempotencyKey(@Nullable String value) {
            idempotencyKey = value;
            return this;
        }

        /**
         * Sets {@link StoredOperation#fingerprint}: hash of the request that came with the key; null: no key. Default:
         * null.
         */
        public Builder fingerprint(@Nullable String value) {
            fingerprint = value;
            return this;
        }

        /**
         * Sets {@link StoredOperation#input}: what the steps need in addition to the records; contains secrets while
         * the operation runs. Default: none.
         */
        public Builder input(Map<String, String> value) {
            input = value;
            return this;
        }

        /** Sets {@link StoredOperation#errorCode}. Default: null. */
        public Builder errorCode(@Nullable String value) {
            errorCode = value;
            return this;
        }

        /**
         * Sets {@link StoredOperation#errorMessage}: the message of the failure; null: not failed. Default: null.
         */
        public Builder errorMessage(@Nullable String value) {
            errorMessage = value;
            return this;
        }

        /** Sets {@link StoredOperation#node}: the node that works on it, or did last. */
        public Builder node(String value) {
            node = value;
            return this;
        }

        /**
         * Sets {@link StoredOperation#fencingToken}: incremented each time a node takes it over; a node with an older
         * number must stop. Default: 1.
         */
        public Builder fencingToken(long value) {
            fencingToken = value;
            return this;
        }

        /** Sets {@link StoredOperation#leaseUntil}: any node may take it over after this instant. */
        public Builder leaseUntil(Instant value) {
            leaseUntil = value;
            return this;
        }

        /** Sets {@link StoredOperation#createdAt}: when it was requested. */
        public Builder createdAt(Instant value) {
            createdAt = value;
            return this;
        }

        /** Sets {@link StoredOperation#updatedAt}: when its record last changed. Default: {@code createdAt}. */
        public Builder updatedAt(Instant value) {
            updatedAt = value;
            return this;
        }

        /**
         * Sets {@link StoredOperation#startedBy}: the login of the account that requested it; {@code host} for the
         * embedding program itself. Default: {@code host}.
         */
        public Builder startedBy(String value) {
            startedBy = value;
            return this;
        }

        /**
         * Sets {@link StoredOperation#clientAddress}: the network address of the caller; null: not known. Default:
         * null.
         */
        public Builder clientAddress(@Nullable String value) {
            clientAddress = value;
            return this;
        }

        /** Sets {@link StoredOperation#percent}: how much of it is done, 0 to 100. Default: 0. */
        public Builder percent(int value) {
            percent = value;
            return this;
        }

        /**
         * Sets {@link StoredOperation#cancelRequested}: whether it is to be undone at the next step, if that is still
         * possible. Default: false.
         */
        public Builder cancelRequested(boolean value) {
            cancelRequested = value;
            return this;
        }

        /**
         * Sets {@link StoredOperation#attempts}: how often it failed and was left for a retry, since its last step was
         * done. Default: 0.
         */
        public Builder attempts(int value) {
            attempts = value;
            return this;
        }

        /** Sets {@link StoredOperation#result}. Default: none. */
        public Builder result(Map<String, String> value) {
            result = value;
            return this;
        }

        /**
         * Sets {@link StoredOperation#epoch}: the epoch of the catalog in which it was created. Default: 1.
         */
        public Builder epoch(long value) {
            epoch = value;
            return this;
        }

        /**
         * Sets {@link StoredOperation#campaign}: the campaign that it is a part of; null: none. Default: null.
         */
        public Builder campaign(@Nullable OperationId value) {
            campaign = value;
            return this;
        }

        /**
         * Sets {@link StoredOperation#otherTenantId}: the second tenant that it works on, which is as busy as the first
         * one; null: none. Default: null.
         */
        public Builder otherTenantId(@Nullable TenantId value) {
            otherTenantId = value;
            return this;
        }

        /** Creates the record. */
        public StoredOperation build() {
            return new StoredOperation(
                    id,
                    uuid,
                    kind,
                    state,
                    step,
                    tenantId,
                    templateId,
                    idempotencyKey,
                    fingerprint,
                    input,
                    errorCode,
                    errorMessage,
                    node,
                    fencingToken,
                    leaseUntil,
                    createdAt,
                    updatedAt,
                    startedBy,
                    clientAddress,
                    percent,
                    cancelRequested,
                    attempts,
                    result,
                    epoch,
                    campaign,
                    otherTenantId);
        }
    }
}
