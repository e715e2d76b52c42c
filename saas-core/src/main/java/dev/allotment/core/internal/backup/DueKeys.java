// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup;

import dev.allotment.ErrorCodes;
import dev.allotment.OperationKind;
import dev.allotment.SaasException;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.backup.BackupKeysReport;
import dev.allotment.core.internal.backup.archive.BackupArchive;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FailureLog;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationRequest;
import dev.allotment.core.internal.operation.OperationTakenOver;
import dev.allotment.core.internal.operation.StartedOperation;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts the keys of backups again that another secret key than the chosen one has encrypted, so that it can be
 * removed. The maintenance does so while there are several, if the chosen one is the first one of this process: when it
 * starts, when the secret keys change, and once a day. Thread-safe.
 */
public final class DueKeys {
    private static final Logger LOG = System.getLogger("dev.allotment.backups");

    private static final int KEYS_PER_TURN = 100;
    private static final long AGAIN_AFTER = TimeUnit.DAYS.toNanos(1);
    /** What a round has left, and whether the secret key of this process has been chosen. */
    private static final long RETRY_AFTER = TimeUnit.HOURS.toNanos(1);

    private final CoreContext context;
    private final OperationEngine operations;
    private final BackupArchive archive;
    private final EncryptKeySaga encryptKeySaga;
    private final FailureLog failures;
    private final ReentrantLock turn = new ReentrantLock();
    /** The round that this node is in, or was in last. Only the thread that has the turn uses it. */
    private @Nullable Round current;

    public DueKeys(
            CoreContext context, OperationEngine operations, BackupArchive archive, EncryptKeySaga encryptKeySaga) {
        this.context = context;
        this.operations = operations;
        this.archive = archive;
        this.encryptKeySaga = encryptKeySaga;
        this.failures = new FailureLog("dev.allotment.backups", context.node());
    }

    /** One pass over the keys in the store, and then others over what it has left. */
    private final class Round {
        private final int secrets = archive.keys().secrets();
        /** A tick. */
        private final long started = context.tick();

        private final Deque<UUID> waiting = new ArrayDeque<>();
        private final List<UUID> left = new ArrayList<>();
        /** Those that are left because another operation was working on the tenant. */
        private final Set<UUID> busy = new HashSet<>();
        /** Whether it knows all keys. */
        private boolean listed;

        private int encrypted;
        private boolean storeFailed;
        /** A tick. */
        private long ended = started;

        boolean isOver() {
            long pause = listed ? AGAIN_AFTER : RETRY_AFTER;
            return archive.keys().secrets() != secrets || (waiting.isEmpty() && context.tick() - started >= pause);
        }

        void list() {
            waiting.addAll(archive.tenantsWithKeys());
            listed = true;
            endIfDone();
        }

        void retryIfDue() {
            if (waiting.isEmpty() && !left.isEmpty() && context.tick() - ended >= RETRY_AFTER) {
                waiting.addAll(left);
                left.clear();
                busy.clear();
            }
        }

        void retryBusy() {
            left.removeAll(busy);
            waiting.addAll(busy);
            busy.clear();
        }

        /** Encrypts keys, a maximum number of them; returns how many were not encrypted so before. */
        int encrypt(Actor actor, int most) {
            int before = encrypted;
            for (int keys = 0; keys < most && !waiting.isEmpty(); keys++) {
                UUID tenant = waiting.remove();
                boolean done = false;
                try {
                    done = archive.keys().isCurrent(tenant) || encryptNow(actor, tenant);
                    storeFailed = false;
                } catch (SaasException e) {
                    failed(tenant, e);
                }
                if (!done) {
                    left.add(tenant);
                }
                endIfDone();
            }
            return encrypted - before;
        }

        private boolean encryptNow(Actor actor, UUID tenant) {
            if (!encryptAgain(actor, tenant)) {
                return false;
            }
            encrypted++;
            // A process with another secret key may have written another file.
            return archive.keys().isCurrent(tenant);
        }

        private void failed(UUID tenant, SaasException e) {
            if (e.code().equals(ErrorCodes.BACKUP_STORE_FAILED)) {
                if (storeFailed) {
                    left.addAll(waiting);
                    waiting.clear();
                }
                storeFailed = true;
            }
            boolean wasBusy = e.code().equals(ErrorCodes.TENANT_BUSY);
            if (wasBusy) {
                busy.add(tenant);
            }
            failures.warnUnless(
                    wasBusy, "The key of the backups of tenant " + tenant + " could not be encrypted again", e);
        }

        private void endIfDone() {
            if (!waiting.isEmpty()) {
                return;
            }
            ended = context.tick();
            if (left.isEmpty()) {
                LOG.log(
                        Level.INFO,
                        "The keys of all backups are encrypted with the first secret key. The backups need no other"
                                + " one");
            } else {
                LOG.log(
                        Level.WARNING,
                        () -> "The keys of the backups of " + left.size() + " tenants may be encrypted with an older"
                                + " secret key. Do not remove it");
            }
        }
    }

    /** Encrypts some keys again, if it is due; returns how many. */
    public int encryptDue(Actor actor) {
        if (!archive.exists() || !archive.keys().hasOlderSecrets() || !turn.tryLock()) {
            return 0;
        }
        try {
            Round round = current;
            if (round == null || round.isOver()) {
                round = new Round();
                current = round;
                if (archive.chosenSecret().isFirst()) {
                    round.list();
                }
            }
            round.retryIfDue();
            return round.encrypt(actor, KEYS_PER_TURN);
        } finally {
            turn.unlock();
        }
    }

    /**
     * Encrypts all keys again that are not encrypted with the first secret key, which becomes the chosen one. Goes once
     * more over those whose tenant was busy.
     */
    public BackupKeysReport encryptAll(Actor actor) {
        archive.requireUsable();
        archive.chosenSecret().choose();
        Round round = new Round();
        round.list();
        round.encrypt(actor, Integer.MAX_VALUE);
        round.retryBusy();
        round.encrypt(actor, Integer.MAX_VALUE);
        return new BackupKeysReport(round.encrypted, round.left.size());
    }

    private boolean encryptAgain(Actor actor, UUID uuid) {
        Optional<TenantId> tenant = context.catalog()
                .transact(tx -> TenantRows.byUuid(tx, uuid))
                .filter(each -> each.state() != TenantState.DELETED)
                .map(StoredTenant::id);
        if (tenant.isEmpty()) {
            LOG.log(
                    Level.WARNING,
                    () -> "The key of the backups of tenant " + uuid
                            + " is encrypted with an older secret key. It stays"
                            + " so, since the catalog does not have this tenant");
            return false;
        }
        StoredOperation.Builder draft =
                operations.draft(OperationKind.ENCRYPT_BACKUP_KEY, actor).tenantId(tenant.get());
        try {
            return operations
                    .run(new OperationRequest<>(
                            draft,
                            tx -> tx.records(RecordTypes.TENANTS)
                                    .lock(tenant.get().value())
                                    .filter(each -> each.state() != TenantState.DELETED)
                                    .filter(each -> archive.chosenSecret().isFirst(tx))
                                    .map(each -> StartedOperation.store(tx, draft, encryptKeySaga))))
                    .isPresent();
        } catch (OperationTakenOver e) {
            // Another node encrypts this key.
            return false;
        }
    }
}
