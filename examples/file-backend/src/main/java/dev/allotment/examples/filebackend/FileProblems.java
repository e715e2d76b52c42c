// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.filebackend;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordType.Field;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The errors of the backend. Messages do not contain paths. Causes do: they are for the operator's log. */
final class FileProblems {
    private FileProblems() {}

    static SaasException inUse() {
        return SaasException.conflict(
                ErrorCodes.BACKEND_IN_USE,
                "The folder of the file backend is already open. Only one process may have it open.");
    }

    static SaasException unavailable(IOException cause) {
        return SaasException.unavailable(
                ErrorCodes.BACKEND_UNAVAILABLE, "The files of the file backend cannot be read or written.", cause);
    }

    static SaasException closed() {
        return new SaasException(
                ErrorCategory.UNAVAILABLE,
                ErrorCodes.BACKEND_CLOSED,
                "The file backend has been closed; open another one.",
                Map.of(),
                false,
                null);
    }

    static SaasException damaged(String place, String where) {
        return SaasException.internal(
                ErrorCodes.BACKEND_FAILED,
                place + " cannot be read at " + where + ": its file was changed or is damaged.",
                null);
    }

    static SaasException schema(String message) {
        return SaasException.conflict(ErrorCodes.BACKEND_SCHEMA, message);
    }

    static SaasException misused(String message) {
        return SaasException.internal(ErrorCodes.BACKEND_FAILED, message, null);
    }

    static SaasException noRowQuotas() {
        return unsupported("This backend does not enforce row quotas in its databases.");
    }

    static SaasException unsupported(String message) {
        return SaasException.unsupported(ErrorCodes.BACKEND_UNSUPPORTED, message);
    }

    static SaasException invalid(String message) {
        return SaasException.invalid(ErrorCodes.RECORD_INVALID, message);
    }

    static SaasException duplicate(RecordType<?> type, List<Field> key) {
        String names = key.stream().map(Field::name).collect(Collectors.joining(","));
        return new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.RECORD_DUPLICATE,
                "A record with the same " + names + " already exists in " + type.name() + ".",
                Map.of("type", type.name(), "key", names),
                false,
                null);
    }

    static SaasException missing(RecordType<?> type, long id) {
        return new SaasException(
                ErrorCategory.NOT_FOUND,
                ErrorCodes.RECORD_MISSING,
                "Record " + id + " does not exist in " + type.name() + ".",
                Map.of("type", type.name(), "id", Long.toString(id)),
                false,
                null);
    }

    static SaasException unknownDatabase(String name) {
        return SaasException.notFound(ErrorCodes.DATABASE_UNKNOWN, "Database " + name + " does not exist.");
    }

    static SaasException foreignDatabase(String name) {
        return SaasException.conflict(
                ErrorCodes.DATABASE_FOREIGN,
                "The database " + name + " exists, but was not created for this tenant. It was not changed.");
    }
}
