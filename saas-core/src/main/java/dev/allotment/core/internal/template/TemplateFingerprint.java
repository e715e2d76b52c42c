// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.template;

import dev.allotment.Plan;
import dev.allotment.Template;
import dev.allotment.core.internal.base.Secrets;
import dev.allotment.core.internal.base.VersionNumbers;
import dev.allotment.hook.Addon;
import java.util.List;

/**
 * The inputs that a template is built from.
 *
 * @param addons in the order of installation, dependencies included
 */
public record TemplateFingerprint(List<Addon> addons, String lang, String tz, boolean demo) {
    private static final String FORMAT = "1";

    /** What a plan's template would be built from now, with these add-ons and their dependencies. */
    static TemplateFingerprint of(Plan plan, List<Addon> addons) {
        return new TemplateFingerprint(List.copyOf(addons), plan.lang(), plan.tz(), plan.demo());
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
        return Secrets.hash(text.toString());
    }

    /**
     * Whether a template should be rebuilt from this. An older add-on than the template's does not count: a node with
     * newer add-ons built it, and the two nodes would rebuild it in turns.
     */
    boolean supersedes(Template template) {
        if (template.hash().isEmpty() || template.hash().equals(hash())) {
            return false;
        }
        for (Addon addon : addons) {
            int built = template.addons().indexOf(addon.name());
            if (built >= 0
                    && built < template.versions().size()
                    && VersionNumbers.ORDER.compare(
                                    addon.version(), template.versions().get(built))
                            < 0) {
                return false;
            }
        }
        return true;
    }
}
