// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An action of several steps that survives a crash. Each step is recorded before the next one starts. If the node dies,
 * another node finishes the operation or undoes it.
 *
 * <p>Immutable. The {@link RecordField} constants name the fields for filters and sort keys.
 *
 * @param id 0 before the operation is stored
 * @param uuid the identity, which never changes
 * @param kind what it does
 * @param state whether it runs, succeeded or failed
 * @param step the last step known to be done; {@code queued} before the first one; empty: it has started, and none is
 *     known to be done
 * @param tenantId the tenant that it works on; null: none
 * @param templateId the template that it works on; null: none
 * @param idempotencyKey the caller's key, unique for the acting user; null: none
 * @param errorCode the code of the failure, see {@link SaasException#code}; for administrators, also while it is tried
 *     again; null: not failed
 * @param errorMessage the message of the failure. Administrators also read the reason, which may have data of the
 *     tenant; null: not failed
 * @param node the node that works on it, or did last
 * @param createdAt when it was requested
 * @param updatedAt when its record last changed
 * @param startedBy the login of the account that requested it; {@code host} for the embedding program itself
 * @param clientAddress the network address of the caller; null: not known
 * @param percent how much of it is done, 0 to 100
 * @param cancelRequested whether it is to be undone at the next step, if that is still possible
 * @param attempts how often it failed and was left for a retry, since its last step was done
 * @param result what it found out, by name: the parts of {@link ConfigurationResult} with comma-separated lists,
 *     {@code plan} or {@code customer} with the id of the created record, {@code backup} with the id of the backup, or
 *     {@code members} with how many members a drill has found; for an export, {@code bytes} with the size of what it
 *     has stored so far; for a move, {@code live}, or {@code closedBecause} with the reason, and {@code behind} with
 * the bytes of the log that the copy lacks while it catches up
 * @param campaign the {@link OperationKind#CAMPAIGN} that it is a part of; null: none
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
        @Nullable String errorCode,
        @Nullable String errorMessage,
        String node,
        Instant createdAt,
        Instant updatedAt,
        String startedBy,
        @Nullable String clientAddress,
        int percent,
        boolean cancelRequested,
        int attempts,
        Map<String, String> result,
        @Nullable OperationId campaign) {
    public static final RecordField<Operation, OperationId> ID = RecordField.of("id");
    public static final RecordField<Operation, UUID> UUID = RecordField.of("uuid");
    public static final RecordField<Operation, OperationKind> KIND = RecordField.of("kind");
    public static final RecordField<Operation, OperationState> STATE = RecordField.of("state");
    public static final RecordField<Operation, String> STEP = RecordField.of("step");
    public static final RecordField<Operation, TenantId> TENANT_ID = RecordField.of("tenantId");
    public static final RecordField<Operation, TemplateId> TEMPLATE_ID = RecordField.of("templateId");
    public static final RecordField<Operation, String> IDEMPOTENCY_KEY = RecordField.of("idempotencyKey");
    public static final RecordField<Operation, String> ERROR_CODE = RecordField.of("errorCode");
    public static final RecordField<Operation, String> ERROR_MESSAGE = RecordField.of("errorMessage");
    public static final RecordField<Operation, String> NODE = RecordField.of("node");
    public static final RecordField<Operation, Instant> CREATED_AT = RecordField.of("createdAt");
    public static final RecordField<Operation, Instant> UPDATED_AT = RecordField.of("updatedAt");
    public static final RecordField<Operation, String> STARTED_BY = RecordField.of("startedBy");
    public static final RecordField<Operation, String> CLIENT_ADDRESS = RecordField.of("clientAddress");
    public static final RecordField<Operation, Integer> PERCENT = RecordField.of("percent");
    public static final RecordField<Operation, Boolean> CANCEL_REQUESTED = RecordField.of("cancelRequested");
    public static final RecordField<Operation, Integer> ATTEMPTS = RecordField.of("attempts");
    public static final RecordField<Operation, OperationId> CAMPAIGN = RecordField.of("campaign");

    /** Creates a record from all its components. Only the control plane creates one. */
    @Internal
    public Operation {
        result = Map.copyOf(result);
    }

    /** Returns what identifies the operation and its outcome; never an input, which may be secret. */
    @Override
    public String toString() {
        return "Operation[id=" + id + ", kind=" + kind + ", state=" + state + ", step=" + step
                + (tenantId == null ? "" : ", tenant=" + tenantId)
                + (templateId == null ? "" : ", template=" + templateId)
                + (campaign == null ? "" : ", campaign=" + campaign)
                + (errorCode == null ? "" : ", error=" + errorCode) + "]";
    }
}
