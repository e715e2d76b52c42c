// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.template;

import dev.allotment.Plan;
import dev.allotment.Template;
import dev.allotment.core.internal.base.Secrets;
import dev.allotment.core.internal.database.SchemaMigrations;
import dev.allotment.core.internal.rule.VersionNumbers;
import dev.allotment.hook.Addon;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The inputs that a template is built from.
 *
 * @param addons in the order of installation, dependencies included
 * @param schemaVersion the version of the tenant schema; null: none
 */
public record TemplateFingerprint(
        List<Addon> addons,
        String lang,
        String tz,
        boolean demo,
        @Nullable String schemaVersion) {
    private static final String FORMAT = "1";

    /** What a plan's template would be built from now, with these add-ons and their dependencies. */
    static TemplateFingerprint of(Plan plan, List<Addon> addons, @Nullable String schemaVersion) {
        return new TemplateFingerprint(List.copyOf(addons), plan.lang(), plan.tz(), plan.demo(), schemaVersion);
    }

    List<String> names() {
        return addons.stream().map(Addon::name).toList();
    }

    /** The versions of the add-ons, in their order. */
    List<String> versions() {
        return addons.stream().map(Addon::version).toList();
    }

    /** Equal if one template can serve both. */
    String hash() {
        StringBuilder text = new StringBuilder(FORMAT)
                .append('\n')
                .append(lang)
                .append('\n')
                .append(tz)
                .append('\n')
                .append(demo);
        for (Addon addon : addons) {
            text.append('\n').append(addon.name()).append(' ').append(addon.version());
        }
        if (schemaVersion != null) {
            text.append("\nschema ").append(schemaVersion);
        }
        return Secrets.hash(text.toString());
    }

    /**
     * Whether a template should be rebuilt from this. An older add-on or tenant schema than the template's does not
     * count: a node with newer ones built it, and the two nodes would rebuild it in turns.
     */
    boolean supersedes(Template template) {
        if (template.hash().isEmpty() || template.hash().equals(hash())) {
            return false;
        }
        String built = template.schemaVersion();
        if (built != null && (schemaVersion == null || SchemaMigrations.isOlder(schemaVersion, built))) {
            return false;
        }
        for (Addon addon : addons) {
            int index = template.addons().indexOf(addon.name());
            if (index >= 0
                    && index < template.versions().size()
                    && VersionNumbers.ORDER.compare(
                                    addon.version(), template.versions().get(index))
                            < 0) {
                return false;
            }
        }
        return true;
    }
}
