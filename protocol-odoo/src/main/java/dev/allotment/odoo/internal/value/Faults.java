// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.value;

import dev.allotment.odoo.fault.OdooFault;
import java.util.Collection;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Faults with Odoo's exact sentences, which clients match on. */
public final class Faults {
    private Faults() {}

    public static OdooFault invalidField(String field, String model) {
        return userError("Invalid field '" + shortened(field) + "' on model '" + model + "'");
    }

    public static OdooFault missing(String model, Collection<?> ids, long uid) {
        String tuple = ids.stream().map(String::valueOf).collect(Collectors.joining(", "));
        return new OdooFault(
                OdooFault.Kind.MISSING,
                "Record does not exist or has been deleted. (Record: " + model + "(" + tuple
                        + (ids.size() == 1 ? "," : "") + "), User: " + uid + ")");
    }

    /** Returns a fault for a method that the rights of the caller do not allow. */
    public static OdooFault notAllowed(String model, String method, @Nullable String why) {
        String verb = switch (method) {
            case "create" -> "create";
            case "write", "set_param" -> "modify";
            case "unlink" -> "delete";
            case "search", "search_count", "search_read", "read", "name_search", "name_get", "get_param" -> "access";
            default -> "call '" + method + "' on";
        };
        String sentence = "You are not allowed to " + verb + " '" + model + "' records";
        return new OdooFault(
                OdooFault.Kind.ACCESS_ERROR, why == null || verb.equals("access") ? sentence : sentence + ": " + why);
    }

    public static OdooFault unknownDatabase(String name) {
        return userError("Database \"" + shortened(name) + "\" does not exist");
    }

    /** Returns the fault for an unknown model in a call with named arguments. */
    public static OdooFault noModel(String name) {
        return new OdooFault(OdooFault.Kind.NOT_FOUND, "the model '" + shortened(name) + "' does not exist");
    }

    public static OdooFault userError(String message) {
        return new OdooFault(OdooFault.Kind.USER_ERROR, message);
    }

    public static String shortened(String name) {
        return name.length() <= 100 ? name : name.substring(0, 100) + "…";
    }
}
