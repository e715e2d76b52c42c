// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.shared;

import dev.allotment.Parameters;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.model.DomainConditions;
import dev.allotment.odoo.internal.model.Field;
import dev.allotment.odoo.internal.model.FieldType;
import dev.allotment.odoo.internal.model.FixedLookup;
import dev.allotment.odoo.internal.model.ModelTableBuilder;
import dev.allotment.odoo.internal.model.OdooCaller;
import dev.allotment.odoo.internal.model.StoredModel;
import dev.allotment.odoo.internal.value.Faults;
import dev.allotment.odoo.internal.value.MethodSignature;
import dev.allotment.odoo.internal.value.OdooArguments;
import dev.allotment.spi.backend.RecordType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** {@code ir.model.data}: the XML ids of a database. */
public final class ModelDataModel<V> {
    private static final String NAME = "ir.model.data";
    private static final RecordType<ExternalId> TYPE = RecordType.of(ExternalId.class, "external_ids");

    private final ExternalIds<V> ids;

    private ModelDataModel(ExternalIds<V> ids) {
        this.ids = ids;
    }

    /**
     * Creates the model.
     *
     * @param unit makes the changes of a call together
     * @param parameters those that a unit changes
     */
    public static <C, V extends C> StoredModel<V, ExternalId> model(
            ExternalIds<V> ids, StoredModel.Unit<V, C> unit, Function<C, Parameters> parameters) {
        ModelDataModel<V> data = new ModelDataModel<>(ids);
        MethodSignature byXmlId = MethodSignature.required("xmlid")
                .optional("raise_if_not_found")
                .withDefault("raise_if_not_found", "False");
        MethodSignature byParts = MethodSignature.required("module", "xml_id");
        return new StoredModel<>(data.fields())
                .creating(
                        data.creation(unit, parameters),
                        (Creation creation, UnaryOperator<ExternalId> change, Map<String, Object> values) ->
                                ids.create(creation.parameters(), creation.given(), values))
                .removing(unit, (C view, long id) -> ids.remove(parameters.apply(view), id))
                .method(
                        "xmlid_to_res_id",
                        byXmlId,
                        (caller, arguments) -> data.find(caller, arguments)
                                .<Object>map(ExternalId::resId)
                                .orElse(false))
                .method(
                        "xmlid_to_res_model_res_id",
                        byXmlId,
                        (caller, arguments) -> data.find(caller, arguments)
                                .map(ModelDataModel::reference)
                                .orElse(List.of(false, false)))
                .method("get_object_reference", byParts, data::reference)
                .method("check_object_reference", byParts.optional("raise_on_access_error"), data::reference);
    }

    /**
     * What creates XML ids in one call.
     *
     * @param given the XML ids that the server gives
     */
    private record Creation(Parameters parameters, Set<String> given) {}

    private <C> StoredModel.Unit<V, Creation> creation(
            StoredModel.Unit<V, C> unit, Function<C, Parameters> parameters) {
        return (view, records, work) -> {
            Set<String> given = ids.given(view);
            return unit.run(view, records, in -> {
                Parameters writable = parameters.apply(in);
                ids.requireRoom(writable, records);
                return work.apply(new Creation(writable, given));
            });
        };
    }

    private ModelTableBuilder<V, ExternalId> fields() {
        // Only create sets them, all at once.
        return new ModelTableBuilder<V, ExternalId>(
                        NAME, view -> new FixedLookup<>(TYPE, ids.all(view), () -> {}), ExternalId::id)
                .named(ExternalId::xmlId, "xmlId")
                .ordered("xmlId")
                .text("name", "External Identifier", "name", ExternalId::name, (each, name) -> each)
                .text("complete_name", "Complete ID", "xmlId", ExternalId::xmlId)
                .text("module", "Module", "module", ExternalId::module, (each, module) -> each)
                .text("model", "Model Name", "model", ExternalId::model, (each, model) -> each)
                .field(Field.<V, ExternalId>of(
                                "res_id",
                                FieldType.INTEGER,
                                "Record ID",
                                "resId",
                                ModelTableBuilder.plain(ExternalId::resId))
                        .searched(DomainConditions.number("resId"))
                        .written((each, record) -> each));
    }

    private Optional<ExternalId> find(OdooCaller<V> caller, OdooArguments arguments) {
        String xmlId = arguments.get("xmlid").text();
        Optional<ExternalId> found = ids.find(caller.view(), xmlId);
        if (found.isEmpty() && arguments.get("raise_if_not_found").flag()) {
            throw unknown(xmlId);
        }
        return found;
    }

    private List<Object> reference(OdooCaller<V> caller, OdooArguments arguments) {
        String xmlId =
                arguments.get("module").text() + "." + arguments.get("xml_id").text();
        return ids.find(caller.view(), xmlId).map(ModelDataModel::reference).orElseThrow(() -> unknown(xmlId));
    }

    private static List<Object> reference(ExternalId found) {
        return List.of(found.model(), found.resId());
    }

    private static OdooFault unknown(String xmlId) {
        return Faults.userError("External ID not found in the system: " + Faults.shortened(xmlId));
    }
}
