// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.shared;

import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.model.Field;
import dev.allotment.odoo.internal.model.FieldType;
import dev.allotment.odoo.internal.model.ModelTableBuilder;
import dev.allotment.odoo.internal.value.Faults;
import dev.allotment.odoo.internal.value.OdooArguments;
import dev.allotment.odoo.internal.value.Value;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The field {@code password} of users. It can be written but never read. */
public final class OdooPasswords {
    static final String FIELD = "password";

    private OdooPasswords() {}

    public static <V, R> Field<V, R> field() {
        return Field.<V, R>of(FIELD, FieldType.CHAR, "Password", null, ModelTableBuilder.plain(user -> null))
                .written((user, password) -> user);
    }

    /** Returns the password among the written values, or null if there is none. */
    public static @Nullable String in(Map<String, Object> values) {
        Value value = new Value(OdooFault.Kind.VALIDATION, "The password", values.get(FIELD));
        return value.absent() ? null : value.text();
    }

    /**
     * Returns the password to set on a record that exists, or null if none is written.
     *
     * @throws OdooFault if an empty one is written, which would be lost: passwords cannot be removed
     */
    public static @Nullable String toWrite(Map<String, Object> values) {
        String password = in(values);
        if (password == null && values.containsKey(FIELD)) {
            throw Faults.userError("A password cannot be removed. Write a new one, or make the user inactive.");
        }
        return password;
    }

    /**
     * Implements {@code change_password}, which users call for themselves. A missing old password counts as a wrong
     * one.
     */
    public static Object change(OdooArguments arguments, BiConsumer<String, String> change) {
        Value old = arguments.get("old_passwd");
        if (old.absent()) {
            throw OdooFault.accessDenied();
        }
        Value newPassword = arguments.get("new_passwd");
        change.accept(old.text(), newPassword.absent() ? "" : newPassword.text());
        return true;
    }
}
