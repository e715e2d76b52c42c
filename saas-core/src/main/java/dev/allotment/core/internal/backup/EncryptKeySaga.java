// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup;

import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.TenantState;
import dev.allotment.core.internal.backup.archive.BackupArchive;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.operation.Ending;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.OperationTargets;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.List;

/**
 * Encrypts the key of a tenant's backups again, with the chosen secret key. The key is in the store, and can be read,
 * after each step, so nothing is ever undone. No other operation works on the tenant meanwhile, so none deletes its key
 * for good while this one writes it. A suspension or a deletion is refused until this has ended, or is stuck: {@code
 * SupersededOperations.isShort} says so. A node that has taken the operation over, and has another first secret key,
 * does nothing: a round of another node finds the key again.
 */
public final class EncryptKeySaga implements Saga.Stateless {
    private final CoreContext context;
    private final OperationLeases operationLeases;
    private final BackupArchive archive;

    public EncryptKeySaga(CoreContext context, OperationLeases operationLeases, BackupArchive archive) {
        this.context = context;
        this.operationLeases = operationLeases;
        this.archive = archive;
    }

    @Override
    public List<Step<Nothing>> steps() {
        return List.of(Step.of("written", this::write), Step.of("deleted", this::deleteOlder));
    }

    private StoredTenant tenant(StoredOperation operation) {
        return OperationTargets.tenant(context.catalog(), operation);
    }

    private void write(StoredOperation operation) {
        StoredTenant tenant = tenant(operation);
        operationLeases.requireMine(operation);
        if (archive.chosenSecret().isFirst()) {
            archive.keys().encryptAgain(tenant.uuid());
        }
    }

    private void deleteOlder(StoredOperation operation) {
        StoredTenant tenant = tenant(operation);
        operationLeases.requireMine(operation);
        if (archive.chosenSecret().isFirst()) {
            archive.keys().deleteOlder(tenant.uuid());
        }
    }

    @Override
    public Ending ending() {
        return Ending.AT_ANY_TIME;
    }

    /**
     * The tenant may have been deleted for good while this node was stalled, and wrote its key afterwards. A deletion
     * that has not erased the backups yet will do so.
     */
    @Override
    public void retractLateEffects(StoredOperation operation, Nothing found) {
        StoredTenant tenant = tenant(operation);
        if (tenant.state() == TenantState.DELETED || isErased(tenant)) {
            archive.deleteAll(tenant.uuid());
        }
    }

    private boolean isErased(StoredTenant tenant) {
        Filter<StoredOperation> deletions = Filter.and(
                Filter.equal(StoredOperation.TENANT_ID, tenant.id()),
                Filter.equal(StoredOperation.KIND, OperationKind.DELETE_TENANT),
                Filter.equal(StoredOperation.STATE, OperationState.RUNNING));
        return context
                .catalog()
                .transact(tx -> tx.records(RecordTypes.OPERATIONS).list(Query.where(deletions)))
                .stream()
                .anyMatch(each -> each.step().equals(BackupArchive.ERASED));
    }

    @Override
    public String describeLeftovers(Transaction tx, StoredOperation operation) {
        return "The key of the backups is stored encrypted with an older secret key, with the first one, or twice with"
                + " both. Each file works. The maintenance tries again.";
    }
}
