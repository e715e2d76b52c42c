// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

import dev.allotment.odoo.internal.value.MethodSignature;
import dev.allotment.spi.backend.RecordType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;

/** {@code ir.model}: the models that a database has. Client libraries look a model up there before they use it. */
final class ModelList {
    private static final RecordType<ModelEntry> TYPE = RecordType.of(ModelEntry.class, "models");
    private static final String NAME = "ir.model";

    private ModelList() {}

    /**
     * The model, complete with itself.
     *
     * @param others what else the database has
     * @param guard throws for whoever may not see them
     */
    static <V> StoredModel<V, ModelEntry> model(Iterable<String> others, Consumer<V> guard) {
        TreeSet<String> names = new TreeSet<>(List.of(NAME));
        others.forEach(names::add);
        List<ModelEntry> entries = new ArrayList<>();
        for (String name : names) {
            entries.add(new ModelEntry(entries.size() + 1L, name, title(name), false));
        }
        List<ModelEntry> all = List.copyOf(entries);
        return new StoredModel<>(new ModelTableBuilder<V, ModelEntry>(
                                NAME, view -> new FixedLookup<>(TYPE, all, () -> guard.accept(view)), ModelEntry::id)
                        .called(ModelEntry::name, "name")
                        .ordered("model")
                        .text("model", "Model", "model", ModelEntry::model)
                        .text("name", "Model Description", "name", ModelEntry::name)
                        .flag("transient", "Transient Model", "transience", ModelEntry::transience))
                .method(
                        "get_available_models",
                        MethodSignature.none().withContextByPosition(),
                        (caller, arguments) -> available(caller, all));
    }

    /** Unlike the list itself, for everybody: what each model says may be read. */
    private static <V> Object available(OdooCaller<V> caller, List<ModelEntry> all) {
        List<Object> told = new ArrayList<>();
        for (ModelEntry each : all) {
            if (caller.models().isReadable(caller, each.model())) {
                told.add(Map.of("model", each.model(), "display_name", each.name()));
            }
        }
        return told;
    }

    /** {@code saas_portal.client} is "Saas Portal Client". */
    private static String title(String model) {
        StringBuilder title = new StringBuilder();
        for (String word : model.split("[._]", -1)) {
            title.append(title.isEmpty() ? "" : " ")
                    .append(Character.toUpperCase(word.charAt(0)))
                    .append(word, 1, word.length());
        }
        return title.toString();
    }
}
