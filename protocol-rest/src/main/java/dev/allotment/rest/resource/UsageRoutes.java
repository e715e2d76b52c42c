// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.resource;

import dev.allotment.Filter;
import dev.allotment.RecordField;
import dev.allotment.TenantId;
import dev.allotment.Usage;
import dev.allotment.UsageRecords;
import dev.allotment.rest.route.Field;
import dev.allotment.rest.route.Request;
import dev.allotment.rest.route.Route;
import dev.allotment.rest.route.Route.Repetition;
import java.util.List;

/** The usage of tenants by day. */
public final class UsageRoutes {
    private UsageRoutes() {}

    /** Returns the routes. */
    public static List<Route> all() {
        return List.of(
                Route.get(TenantRoutes.ONE + "/usage", "listTenantUsage", "Lists the usage of a tenant by day.")
                        .useCase(UsageRecords.class, "list")
                        .lists(
                                Usage.class,
                                (request, query) -> request.saas()
                                        .usage()
                                        .list(query.and(Filter.equal(
                                                RecordField.named("tenantId"), new TenantId(request.id()))))),
                Route.post(
                                "/usage/{id}/correct",
                                "correctUsage",
                                "Corrects a closed day of a tenant. A metric that differs gives the next revision.")
                        .useCase(UsageRecords.class, "correct")
                        .repeated(Repetition.HARMLESS)
                        .body(
                                value("users", "Regular users when the day ended."),
                                value("peakUsers", "The most regular users."),
                                value("databaseSizeBytes", "Bytes of the database when the day ended."),
                                value("peakDatabaseSizeBytes", "The most bytes of the database."),
                                value("fileSizeBytes", "Bytes of files when the day ended."),
                                value("peakFileSizeBytes", "The most bytes of files."),
                                value("backupSizeBytes", "Bytes of backups when the day ended."),
                                value("peakBackupSizeBytes", "The most bytes of backups."),
                                Field.of("reason", String.class, "Why, for people.")
                                        .needed())
                        .answers(Usage.class, UsageRoutes::correct));
    }

    private static Field value(String component, String text) {
        return Field.of(Usage.class, component, text + " Default: unchanged.");
    }

    private static Usage correct(Request request) {
        return request.saas().usage().correct(request.id(), request::applied, request.needed("reason", String.class));
    }
}
