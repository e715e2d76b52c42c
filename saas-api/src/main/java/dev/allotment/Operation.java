// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A long action that survives the process that began it: each step is recorded before the next begins, and whoever finds
 * it without a living owner finishes it or undoes it.
 *
 * @param step the last step that is known to be done; {@code queued} for one that waits to be begun
 * @param idempotencyKey the caller's key, unique for the acting user; null: none
 * @param fingerprint hash of the request that came with the key
 * @param input what the steps need and the tenant's row does not say; whoever asks for the operation gets it without secrets
 * @param errorCode see {@link SaasException#code()}; null unless FAILED
 * @param startedBy the login of the account that asked for it; {@code host} for the host itself
 * @param clientAddress the address that it was asked from; null: not known
 * @param percent how much of it is done
 * @param cancelRequested whether it shall be undone at the next step, as far as it can be
 * @param attempts how often it has failed, and was left to be tried again, since its last step was done
 * @param result what was found on the way, such as the add-ons that {@link Configuration#apply} installed: the names of the
 *     parts of {@link ConfigurationResult}, with what they list joined by commas; of what is made without steps, its number, as {@code plan} or
 *     {@code customer}
 * @param node who works on it
 * @param fence grows each time that somebody takes it over; whoever holds an older one must stop
 * @param leaseUntil after this instant any node may take it over
 */
public record Operation(
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
        long fence,
        Instant leaseUntil,
        Instant createdAt,
        Instant updatedAt,
        String startedBy,
        @Nullable String clientAddress,
        int percent,
        boolean cancelRequested,
        int attempts,
        Map<String, String> result) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<Operation, OperationId> ID = RecordField.of("id");

    /** The field {@code uuid}, for filters and sort keys. */
    public static final RecordField<Operation, UUID> UUID = RecordField.of("uuid");

    /** The field {@code kind}, for filters and sort keys. */
    public static final RecordField<Operation, OperationKind> KIND = RecordField.of("kind");

    /** The field {@code state}, for filters and sort keys. */
    public static final RecordField<Operation, OperationState> STATE = RecordField.of("state");

    /** The field {@code step}, for filters and sort keys. */
    public static final RecordField<Operation, String> STEP = RecordField.of("step");

    /** The field {@code tenantId}, for filters and sort keys. */
    public static final RecordField<Operation, TenantId> TENANT_ID = RecordField.of("tenantId");

    /** The field {@code templateId}, for filters and sort keys. */
    public static final RecordField<Operation, TemplateId> TEMPLATE_ID = RecordField.of("templateId");

    /** The field {@code idempotencyKey}, for filters and sort keys. */
    public static final RecordField<Operation, String> IDEMPOTENCY_KEY = RecordField.of("idempotencyKey");

    /** The field {@code fingerprint}, for filters and sort keys. */
    public static final RecordField<Operation, String> FINGERPRINT = RecordField.of("fingerprint");

    /** The field {@code errorCode}, for filters and sort keys. */
    public static final RecordField<Operation, String> ERROR_CODE = RecordField.of("errorCode");

    /** The field {@code errorMessage}, for filters and sort keys. */
    public static final RecordField<Operation, String> ERROR_MESSAGE = RecordField.of("errorMessage");

    /** The field {@code node}, for filters and sort keys. */
    public static final RecordField<Operation, String> NODE = RecordField.of("node");

    /** The field {@code fence}, for filters and sort keys. */
    public static final RecordField<Operation, Long> FENCE = RecordField.of("fence");

    /** The field {@code leaseUntil}, for filters and sort keys. */
    public static final RecordField<Operation, Instant> LEASE_UNTIL = RecordField.of("leaseUntil");

    /** The field {@code createdAt}, for filters and sort keys. */
    public static final RecordField<Operation, Instant> CREATED_AT = RecordField.of("createdAt");

    /** The field {@code updatedAt}, for filters and sort keys. */
    public static final RecordField<Operation, Instant> UPDATED_AT = RecordField.of("updatedAt");

    /** The field {@code startedBy}, for filters and sort keys. */
    public static final RecordField<Operation, String> STARTED_BY = RecordField.of("startedBy");

    /** The field {@code clientAddress}, for filters and sort keys. */
    public static final RecordField<Operation, String> CLIENT_ADDRESS = RecordField.of("clientAddress");

    /** The field {@code percent}, for filters and sort keys. */
    public static final RecordField<Operation, Integer> PERCENT = RecordField.of("percent");

    /** The field {@code cancelRequested}, for filters and sort keys. */
    public static final RecordField<Operation, Boolean> CANCEL_REQUESTED = RecordField.of("cancelRequested");

    /** The field {@code attempts}, for filters and sort keys. */
    public static final RecordField<Operation, Integer> ATTEMPTS = RecordField.of("attempts");

    public Operation {
        input = Map.copyOf(input);
        result = Map.copyOf(result);
    }

    /** Without the input, which may hold secrets while it runs. */
    @Override
    public String toString() {
        return "Operation[id=" + id + ", kind=" + kind + ", state=" + state + ", step=" + step + ", tenant=" + tenantId
                + ", template=" + templateId + ", error=" + errorCode + "]";
    }

    /** Starts from the defaults named at each part of {@link Operation}. */
    public static Builder builder(UUID uuid, OperationKind kind, String node, Instant leaseUntil, Instant createdAt) {
        return new Builder(uuid, kind, node, leaseUntil, createdAt);
    }

    /** A builder that starts from this one. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Collects the parts; not safe for use by several threads. */
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
        private long fence = 1;
        private Instant leaseUntil;
        private Instant createdAt;
        private Instant updatedAt;
        private String startedBy = "host";
        private @Nullable String clientAddress;
        private int percent;
        private boolean cancelRequested;
        private int attempts;
        private Map<String, String> result = Map.of();

        private Builder(UUID uuid, OperationKind kind, String node, Instant leaseUntil, Instant createdAt) {
            this.uuid = uuid;
            this.kind = kind;
            this.node = node;
            this.leaseUntil = leaseUntil;
            this.createdAt = createdAt;
            updatedAt = createdAt;
        }

        private Builder(Operation from) {
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
            fence = from.fence;
            leaseUntil = from.leaseUntil;
            createdAt = from.createdAt;
            updatedAt = from.updatedAt;
            startedBy = from.startedBy;
            clientAddress = from.clientAddress;
            percent = from.percent;
            cancelRequested = from.cancelRequested;
            attempts = from.attempts;
            result = from.result;
        }

        public Builder id(OperationId value) {
            id = value;
            return this;
        }

        public Builder uuid(UUID value) {
            uuid = value;
            return this;
        }

        public Builder kind(OperationKind value) {
            kind = value;
            return this;
        }

        public Builder state(OperationState value) {
            state = value;
            return this;
        }

        public Builder step(String value) {
            step = value;
            return this;
        }

        public Builder tenantId(@Nullable TenantId value) {
            tenantId = value;
            return this;
        }

        public Builder templateId(@Nullable TemplateId value) {
            templateId = value;
            return this;
        }

        public Builder idempotencyKey(@Nullable String value) {
            idempotencyKey = value;
            return this;
        }

        public Builder fingerprint(@Nullable String value) {
            fingerprint = value;
            return this;
        }

        public Builder input(Map<String, String> value) {
            input = value;
            return this;
        }

        public Builder errorCode(@Nullable String value) {
            errorCode = value;
            return this;
        }

        public Builder errorMessage(@Nullable String value) {
            errorMessage = value;
            return this;
        }

        public Builder node(String value) {
            node = value;
            return this;
        }

        public Builder fence(long value) {
            fence = value;
            return this;
        }

        public Builder leaseUntil(Instant value) {
            leaseUntil = value;
            return this;
        }

        public Builder createdAt(Instant value) {
            createdAt = value;
            return this;
        }

        public Builder updatedAt(Instant value) {
            updatedAt = value;
            return this;
        }

        public Builder startedBy(String value) {
            startedBy = value;
            return this;
        }

        public Builder clientAddress(@Nullable String value) {
            clientAddress = value;
            return this;
        }

        public Builder percent(int value) {
            percent = value;
            return this;
        }

        public Builder cancelRequested(boolean value) {
            cancelRequested = value;
            return this;
        }

        public Builder attempts(int value) {
            attempts = value;
            return this;
        }

        public Builder result(Map<String, String> value) {
            result = value;
            return this;
        }

        public Operation build() {
            return new Operation(
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
                    fence,
                    leaseUntil,
                    createdAt,
                    updatedAt,
                    startedBy,
                    clientAddress,
                    percent,
                    cancelRequested,
                    attempts,
                    result);
        }
    }
}
