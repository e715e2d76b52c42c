// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.shared;

import dev.allotment.Filter;
import dev.allotment.Group;
import dev.allotment.Lookup;
import dev.allotment.Query;
import dev.allotment.RecordField;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** {@code ir.model.data}: the XML ids of groups. */
public final class ModelDataModel<V> {
    private static final String NAME = "ir.model.data";
    private static final String GROUPS = "res.groups";
    private static final String XML_ID_COLUMN = "xmlId";

    private final Function<V, ? extends Lookup<?, Group>> lookup;

    private ModelDataModel(Function<V, ? extends Lookup<?, Group>> lookup) {
        this.lookup = lookup;
    }

    public static <V> StoredModel<V, Group> model(Function<V, ? extends Lookup<?, Group>> lookup) {
        ModelDataModel<V> data = new ModelDataModel<>(lookup);
        MethodSignature byXmlId = MethodSignature.required("xmlid").optional("raise_if_not_found");
        MethodSignature byParts = MethodSignature.required("module", "xml_id");
        return new StoredModel<>(data.fields())
                .method(
                        "xmlid_to_res_id",
                        byXmlId,
                        (caller, arguments) -> data.find(caller, arguments)
                                .<Object>map(group -> group.id().value())
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

    private ModelTableBuilder<V, Group> fields() {
        return new ModelTableBuilder<V, Group>(NAME, lookup, group -> group.id().value())
                .named(Group::xmlId, XML_ID_COLUMN)
                .ordered(XML_ID_COLUMN)
                .field(Field.<V, Group>of(
                                "name",
                                FieldType.CHAR,
                                "External Identifier",
                                XML_ID_COLUMN,
                                ModelTableBuilder.plain(ModelDataModel::localName))
                        .searched(DomainConditions.afterDot(XML_ID_COLUMN)))
                .text("complete_name", "Complete ID", XML_ID_COLUMN, Group::xmlId)
                .text("module", "Module", "addon", Group::addon)
                .field(Field.<V, Group>of(
                                "model", FieldType.CHAR, "Model Name", "id", ModelTableBuilder.plain(group -> GROUPS))
                        .searched(DomainConditions.oneOf(caller -> Map.of(GROUPS, Filter.all()))))
                .field(Field.<V, Group>of(
                                "res_id",
                                FieldType.INTEGER,
                                "Record ID",
                                "id",
                                ModelTableBuilder.plain(group -> group.id().value()))
                        .searched(DomainConditions.number("id")));
    }

    private Optional<Group> find(OdooCaller<V> caller, OdooArguments arguments) {
        String xmlId = arguments.get("xmlid").text();
        Optional<Group> found = find(caller, xmlId);
        if (found.isEmpty() && arguments.get("raise_if_not_found").flag()) {
            throw unknown(xmlId);
        }
        return found;
    }

    private List<Object> reference(OdooCaller<V> caller, OdooArguments arguments) {
        String xmlId =
                arguments.get("module").text() + "." + arguments.get("xml_id").text();
        return find(caller, xmlId).map(ModelDataModel::reference).orElseThrow(() -> unknown(xmlId));
    }

    private Optional<Group> find(OdooCaller<V> caller, String xmlId) {
        return lookup
                .apply(caller.view())
                .list(Query.where(Filter.equal(RecordField.named(XML_ID_COLUMN), xmlId)))
                .stream()
                .findFirst();
    }

    private static List<Object> reference(Group group) {
        return List.of(GROUPS, group.id().value());
    }

    private static String localName(Group group) {
        return group.xmlId().substring(group.xmlId().lastIndexOf('.') + 1);
    }

    private static OdooFault unknown(String xmlId) {
        return Faults.userError("External ID not found in the system: " + Faults.shortened(xmlId));
    }
}
