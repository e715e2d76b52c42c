// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.resource;

import static dev.allotment.rest.resource.TenantRoutes.ONE;
import static dev.allotment.rest.resource.TenantRoutes.id;

import dev.allotment.AsyncOperations;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.backup.Backup;
import dev.allotment.backup.BackupId;
import dev.allotment.backup.BackupUsage;
import dev.allotment.backup.Backups;
import dev.allotment.backup.RestoreBackup;
import dev.allotment.rest.route.Field;
import dev.allotment.rest.route.Request;
import dev.allotment.rest.route.Route;
import dev.allotment.rest.route.Route.Repetition;
import java.util.List;
import java.util.UUID;

/** Backups of a tenant. */
public final class BackupRoutes {
    private static final String LIST = ONE + "/backups";
    private static final String BACKUP = LIST + "/{backup}";

    private BackupRoutes() {}

    /** Returns the routes. */
    public static List<Route> all() {
        return List.of(
                Route.get(LIST, "listBackups", "Lists the backups of a tenant, the newest first.")
                        .useCase(Backups.class, "list")
                        .answersAll(
                                Backup.class,
                                request -> request.saas().backups().list(id(request))),
                Route.post(
                                LIST,
                                "createBackup",
                                "Makes a backup of a tenant. The uuid of the operation is that of the backup.")
                        .useCase(AsyncOperations.class, "createBackup")
                        .repeated(Repetition.BY_KEY)
                        .starts(request -> request.saas().async().createBackup(id(request), request.key())),
                Route.get(ONE + "/backup-usage", "getBackupUsage", "Returns how much space the backups take.")
                        .useCase(Backups.class, "usage")
                        .answers(
                                BackupUsage.class,
                                request -> request.saas().backups().usage(id(request))),
                Route.get(BACKUP, "getBackup", "Returns a backup.")
                        .useCase(Backups.class, "find")
                        .answers(Backup.class, BackupRoutes::get),
                Route.delete(BACKUP, "deleteBackup", "Deletes a backup. Only for administrators.")
                        .useCase(Backups.class, "delete")
                        .returnsNothing(request -> request.saas().backups().delete(id(request), backup(request))),
                Route.post(BACKUP + "/restore", "restoreBackup", "Creates a tenant from a backup.")
                        .useCase(AsyncOperations.class, "restoreBackup")
                        .repeated(Repetition.BY_KEY)
                        .body(
                                Field.of(
                                        RestoreBackup.class,
                                        "name",
                                        "The name of the new tenant. Default: from the name template of the plan."),
                                Field.of(
                                        RestoreBackup.class,
                                        "neutralise",
                                        "Whether the new tenant is made harmless. Only administrators send"
                                                + " false. Default: true."),
                                Field.of(
                                                RestoreBackup.class,
                                                "server",
                                                "The database server. Only for administrators. Default: that of"
                                                        + " the tenant.")
                                        .named("serverId"),
                                Field.of(
                                        RestoreBackup.class,
                                        "previewHours",
                                        "Hours until the new tenant is deleted for good. Only for administrators."))
                        .starts(request -> request.saas()
                                .async()
                                .restoreBackup(request.applied(RestoreBackup.builder(id(request), backup(request))
                                        .idempotencyKey(request.key())
                                        .build()))),
                Route.post(BACKUP + "/restore-in-place", "restoreInPlace", "Brings a tenant back to a backup.")
                        .useCase(AsyncOperations.class, "restoreInPlace")
                        .repeated(Repetition.BY_KEY)
                        .starts(request ->
                                request.saas().async().restoreInPlace(id(request), backup(request), request.key())),
                Route.post(
                                BACKUP + "/drill",
                                "drillBackup",
                                "Restores a backup as a drill, into a database that is deleted afterwards.")
                        .useCase(AsyncOperations.class, "drillBackup")
                        .repeated(Repetition.BY_KEY)
                        .starts(request ->
                                request.saas().async().drillBackup(id(request), backup(request), request.key())));
    }

    private static BackupId backup(Request request) {
        return new BackupId(request.path("backup", UUID.class));
    }

    private static Backup get(Request request) {
        return request.saas()
                .backups()
                .find(id(request), backup(request))
                .orElseThrow(() -> SaasException.notFound(
                        ErrorCodes.RECORD_MISSING,
                        "There is no backup " + backup(request) + " of tenant " + request.id() + "."));
    }
}
