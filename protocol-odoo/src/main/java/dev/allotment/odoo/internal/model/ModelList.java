// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

import dev.allotment.odoo.internal.value.MethodSignature;
import dev.allotment.spi.backend.RecordType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;

/** {@code ir.model}: the models of a database. Client libraries look a model up here before they use it. */
final class ModelList {
    private static final RecordType<ModelEntry> TYPE = RecordType.of(ModelEntry.class, "models");
    private static final String NAME = "ir.model";

    private ModelList() {}

    /**
     * Creates the model, which also lists itself.
     *
     * @param others the other models of the database
     * @param guard throws if the actor may not see the list
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
                        .named(ModelEntry::name, "name")
                        .ordered("model")
                        .text("model", "Model", "model", ModelEntry::model)
                        .text("name", "Model Description", "name", ModelEntry::name)
                        .flag("transient", "Transient Model", "transience", ModelEntry::transience))
                .method(
                        "get_available_models",
                        MethodSignature.none().withContextByPosition(),
                        (caller, arguments) -> available(caller, all));
    }

    /** Returns the models that the caller may read. Unlike the list itself, this is open to every user. */
    private static <V> Object available(OdooCaller<V> caller, List<ModelEntry> all) {
        List<Object> readable = new ArrayList<>();
        for (ModelEntry each : all) {
            if (caller.models().isReadable(caller, each.model())) {
                readable.add(Map.of("model", each.model(), "display_name", each.name()));
            }
        }
        return readable;
    }

    /** Returns a title such as "Saas Portal Client" for {@code saas_portal.client}. */
    static String title(String model) {
        StringBuilder title = new StringBuilder();
        for (String word : model.split("[._]", -1)) {
            title.append(title.isEmpty() ? "" : " ")
                    .append(Character.toUpperCase(word.charAt(0)))
                    .append(word, 1, word.length());
        }
        return title.toString();
    }
}
