// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.shared;

import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.model.Field;
import dev.allotment.odoo.internal.model.FieldType;
import dev.allotment.odoo.internal.model.ModelTableBuilder;
import dev.allotment.odoo.internal.value.OdooArguments;
import dev.allotment.odoo.internal.value.Value;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The field {@code password} of users: it is written, and never told. */
public final class OdooPasswords {
    static final String FIELD = "password";

    private OdooPasswords() {}

    public static <V, R> Field<V, R> field() {
        return Field.<V, R>of(FIELD, FieldType.CHAR, "Password", null, ModelTableBuilder.plain(user -> null))
                .written((user, password) -> user);
    }

    /** The password that is written; null where none is. */
    public static @Nullable String in(Map<String, Object> values) {
        Value value = new Value(OdooFault.Kind.VALIDATION, "The password", values.get(FIELD));
        return value.absent() ? null : value.text();
    }

    /** The method {@code change_password}, which users call for themselves; no old password is a wrong one. */
    public static Object change(OdooArguments arguments, BiConsumer<String, String> change) {
        Value old = arguments.get("old_passwd");
        if (old.absent()) {
            throw OdooFault.accessDenied();
        }
        Value wished = arguments.get("new_passwd");
        change.accept(old.text(), wished.absent() ? "" : wished.text());
        return true;
    }
}
