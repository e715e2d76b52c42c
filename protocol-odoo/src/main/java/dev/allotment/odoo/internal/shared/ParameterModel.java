// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.shared;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Parameters;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.model.DomainConditions;
import dev.allotment.odoo.internal.model.Field;
import dev.allotment.odoo.internal.model.FieldType;
import dev.allotment.odoo.internal.model.ModelTableBuilder;
import dev.allotment.odoo.internal.model.OdooCaller;
import dev.allotment.odoo.internal.model.StoredModel;
import dev.allotment.odoo.internal.value.Faults;
import dev.allotment.odoo.internal.value.MethodSignature;
import dev.allotment.odoo.internal.value.OdooArguments;
import dev.allotment.odoo.internal.value.OdooTexts;
import dev.allotment.odoo.internal.value.PythonText;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * {@code ir.config_parameter} of the main database and of tenant databases.
 *
 * @param <C> the view that changes parameters
 * @param <V> the view of the database
 */
public final class ParameterModel<C, V extends C> {
    private static final String NAME = "ir.config_parameter";
    private static final Parameter BLANK = new Parameter(0, "", "", false);

    private final Function<C, Parameters> parameters;

    private ParameterModel(Function<C, Parameters> parameters) {
        this.parameters = parameters;
    }

    public static <C, V extends C> StoredModel<V, Parameter> model(
            StoredModel.Unit<V, C> unit, Function<C, Parameters> parameters) {
        ParameterModel<C, V> model = new ParameterModel<>(parameters);
        return new StoredModel<>(model.fields())
                .creating(unit, model::create)
                .updating(unit, model::write)
                .removing(unit, model::remove)
                .method(
                        "get_param",
                        MethodSignature.required("key").optional("default").withContextByPosition(),
                        model::get)
                .method(
                        "set_param",
                        MethodSignature.required("key", "value")
                                .optional("groups")
                                .withContextByPosition(),
                        model::set);
    }

    private ModelTableBuilder<V, Parameter> fields() {
        return new ModelTableBuilder<V, Parameter>(NAME, parameters::apply, Parameter::id)
                .named(Parameter::key, "key")
                .ordered("key")
                .text(
                        "key",
                        "Key",
                        "key",
                        Parameter::key,
                        (parameter, key) -> new Parameter(
                                parameter.id(), OdooTexts.orEmpty(key), parameter.value(), parameter.hidden()))
                .field(Field.<V, Parameter>of(
                                "value", FieldType.TEXT, "Value", "value", ModelTableBuilder.plain(Parameter::value))
                        .searched(DomainConditions.text("value"))
                        .written((parameter, value) -> parameter.withValue(value.scalarText())));
    }

    private Object get(OdooCaller<V> caller, OdooArguments arguments) {
        Object sent = arguments.raw("default");
        // A date or bytes cannot be an answer.
        Object otherwise = sent instanceof LocalDateTime || sent instanceof byte[]
                ? arguments.get("default").scalarText()
                : sent;
        return parameters
                .apply(caller.view())
                .value(arguments.get("key").text())
                .filter(value -> !value.isEmpty())
                .<Object>map(value -> value)
                .orElse(otherwise == null ? false : otherwise);
    }

    private Object set(OdooCaller<V> caller, OdooArguments arguments) {
        return parameters
                .apply(caller.view())
                .set(arguments.get("key").text(), arguments.get("value").scalarText())
                .filter(before -> !before.isEmpty())
                .<Object>map(before -> before)
                .orElse(false);
    }

    private long create(C records, UnaryOperator<Parameter> change, Map<String, Object> values) {
        Parameter wanted = valid(change.apply(BLANK));
        return put(records, wanted).id();
    }

    private void write(C records, long id, UnaryOperator<Parameter> change, Map<String, Object> values) {
        Parameters all = parameters.apply(records);
        Parameter before = all.get(id);
        Parameter wanted = valid(change.apply(before));
        try {
            all.replace(id, wanted.key(), wanted.value());
        } catch (SaasException error) {
            throw error.code().equals(ErrorCodes.RECORD_DUPLICATE) ? taken(wanted.key()) : error;
        }
    }

    private void remove(C records, long id) {
        Parameters all = parameters.apply(records);
        all.set(all.get(id).key(), null);
    }

    private Parameter put(C records, Parameter wanted) {
        Parameters all = parameters.apply(records);
        Query<Parameter> byKey = Query.where(Filter.equal(Parameter.KEY, wanted.key()));
        if (!all.list(byKey).isEmpty()) {
            throw taken(wanted.key());
        }
        all.set(wanted.key(), wanted.value());
        List<Parameter> created = all.list(byKey);
        if (created.isEmpty()) {
            throw Faults.userError("The parameter was removed while it was being created.");
        }
        return created.get(0);
    }

    private static OdooFault taken(String key) {
        return new OdooFault(
                OdooFault.Kind.VALIDATION,
                "Key must be unique: a parameter " + PythonText.abbreviated(key) + " already exists.");
    }

    private static Parameter valid(Parameter wanted) {
        if (wanted.key().isEmpty() || wanted.value().isEmpty()) {
            throw new OdooFault(
                    OdooFault.Kind.VALIDATION,
                    "A parameter needs a key and a value. To remove a parameter, call unlink.");
        }
        return wanted;
    }
}
