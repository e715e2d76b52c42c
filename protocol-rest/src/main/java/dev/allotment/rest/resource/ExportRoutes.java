// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.resource;

import static dev.allotment.rest.resource.TenantRoutes.ONE;
import static dev.allotment.rest.resource.TenantRoutes.id;

import dev.allotment.AsyncOperations;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.backup.Exports;
import dev.allotment.backup.PreparedExport;
import dev.allotment.rest.route.Reply;
import dev.allotment.rest.route.Request;
import dev.allotment.rest.route.Route;
import dev.allotment.rest.route.Route.Repetition;
import java.util.List;

/** The export of a tenant that was prepared last. */
public final class ExportRoutes {
    private static final String EXPORT = ONE + "/export";

    private ExportRoutes() {}

    /** Returns the routes. */
    public static List<Route> all() {
        return List.of(
                Route.post(EXPORT, "prepareExport", "Prepares an export of a tenant, in place of the one before.")
                        .useCase(AsyncOperations.class, "prepareExport")
                        .repeated(Repetition.BY_KEY)
                        .starts(request -> request.saas().async().prepareExport(id(request), request.key())),
                Route.get(EXPORT, "getExport", "Returns the export that was prepared last, for 7 days.")
                        .useCase(Exports.class, "prepared")
                        .answers(PreparedExport.class, ExportRoutes::get),
                Route.get(EXPORT + "/archive", "downloadExport", "Sends the prepared export, or a range of its bytes.")
                        .useCase(Exports.class, "download")
                        .sendsArchive(ExportRoutes::archive));
    }

    private static PreparedExport get(Request request) {
        return request.saas()
                .exports()
                .prepared(id(request))
                .orElseThrow(() -> SaasException.notFound(
                        ErrorCodes.RECORD_MISSING,
                        "There is no prepared export of tenant " + request.id() + ". Prepare one."));
    }

    private static Reply.Archive archive(Request request) {
        PreparedExport export = get(request);
        return new Reply.Archive(
                export.id().toString(),
                export.bytes(),
                (range, out) -> request.saas().exports().download(export.id(), range.from(), range.length(), out));
    }
}
