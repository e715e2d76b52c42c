// SPDX-License-Identifier: Apache-2.0
package dev.allotment.testing;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordType.Field;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Creates the errors of this backend. */
final class MemoryProblems {
    private MemoryProblems() {}

    static SaasException closed() {
        return new SaasException(
                ErrorCategory.UNAVAILABLE,
                ErrorCodes.BACKEND_CLOSED,
                "The memory backend was closed. Open another one.",
                Map.of(),
                false,
                null);
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

    static SaasException duplicate(RecordType<?> type, List<Field> key) {
        String names = key.stream().map(Field::name).collect(Collectors.joining(","));
        return new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.RECORD_DUPLICATE,
                "Another record in " + type.name() + " has the same " + names + ".",
                Map.of("type", type.name(), "key", names),
                false,
                null);
    }

    static SaasException missing(RecordType<?> type, long id) {
        return new SaasException(
                ErrorCategory.NOT_FOUND,
                ErrorCodes.RECORD_MISSING,
                "There is no record " + id + " in " + type.name() + ".",
                Map.of("type", type.name(), "id", Long.toString(id)),
                false,
                null);
    }

    static SaasException invalid(String message, Map<String, String> details) {
        return new SaasException(ErrorCategory.INVALID_INPUT, ErrorCodes.RECORD_INVALID, message, details, false, null);
    }

    static SaasException unknownDatabase(String name) {
        return database(
                ErrorCategory.NOT_FOUND, ErrorCodes.DATABASE_UNKNOWN, "There is no database " + name + ".", name);
    }

    static SaasException foreignDatabase(String name) {
        return database(
                ErrorCategory.CONFLICT,
                ErrorCodes.DATABASE_FOREIGN,
                "The database " + name + " exists, but was created with another identity, so it was not changed.",
                name);
    }

    static SaasException notAdoptable(String name, String why) {
        return database(
                ErrorCategory.CONFLICT,
                ErrorCodes.DATABASE_NOT_ADOPTABLE,
                "The database " + name + " cannot be adopted: " + why + ".",
                name);
    }

    static SaasException notReplicated(String name) {
        return database(
                ErrorCategory.CONFLICT,
                ErrorCodes.DATABASE_NOT_TRANSFERABLE,
                "The changes of database " + name + " were not kept for its copy.",
                name);
    }

    static SaasException notTransferable(String name, String part) {
        return database(
                ErrorCategory.CONFLICT,
                ErrorCodes.DATABASE_NOT_TRANSFERABLE,
                "The database " + name + " cannot be copied: the other server refuses " + part + ".",
                name);
    }

    static SaasException cutOff(@Nullable Throwable cause) {
        return SaasException.unavailable(
                ErrorCodes.BACKEND_UNAVAILABLE,
                "The content of a database from another server could not be read completely.",
                cause);
    }

    static SaasException scriptFailed(@Nullable Throwable cause) {
        return new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.ADDON_FAILED,
                "A script of an add-on failed, so nothing of this configuration was stored.",
                Map.of(),
                false,
                cause);
    }

    private static SaasException database(ErrorCategory category, String code, String message, String name) {
        return new SaasException(category, code, message, Map.of("database", name), false, null);
    }
}
