// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.addon;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Parameter;
import dev.allotment.SaasException;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.parameter.ParameterRows;
import dev.allotment.core.internal.record.PublicViews;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.hook.Neutraliser;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.StoredTenant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Neutralises copies of tenant databases in the transaction that fills them. */
public final class Neutralisation {
    private static final Pattern NAME = Pattern.compile("[a-z0-9_-]{1,100}");

    private final EmbedderHooks embedderHooks;

    public Neutralisation(EmbedderHooks embedderHooks) {
        this.embedderHooks = embedderHooks;
    }

    /** @throws SaasException {@code setting.invalid} */
    static void check(List<Neutraliser> neutralisers) {
        Set<String> names = new HashSet<>();
        for (Neutraliser each : neutralisers) {
            if (!NAME.matcher(each.name()).matches() || !names.add(each.name())) {
                throw SaasException.invalid(
                        ErrorCodes.SETTING_INVALID,
                        "A neutraliser needs a unique name of 1 to 100 lower case letters, digits, hyphens and"
                                + " underscores; found " + TextRules.describe(each.name()) + ".");
            }
        }
    }

    public List<String> names() {
        return embedderHooks.neutralisers().stream().map(Neutraliser::name).toList();
    }

    /**
     * Runs all requested neutralisers, then the scripts of the installed add-ons, and records what was done.
     *
     * @param requested those that were registered when the copy was requested
     * @param installer for the kind of database server that stores the copy
     */
    public void apply(DatabaseTransaction tx, List<String> requested, StoredTenant copy, AddonInstaller installer) {
        requireHere(requested);
        List<String> done = new ArrayList<>();
        for (Neutraliser each : embedderHooks.neutralisers()) {
            run(each, tx, copy);
            done.add(each.name());
        }
        installer.neutralise(tx).forEach(addon -> done.add("addon:" + addon));
        ParameterRows.set(tx, Parameter.NEUTRALISED, String.join(",", done), false);
    }

    /** The node that recovers the copy may run another build of the embedder, without some of the neutralisers. */
    private void requireHere(List<String> requested) {
        List<String> here = names();
        for (String each : requested) {
            if (!here.contains(each)) {
                throw failed(each, "is not registered on this node", null);
            }
        }
    }

    private static void run(Neutraliser neutraliser, DatabaseTransaction tx, StoredTenant copy) {
        try {
            neutraliser.neutralise(PublicViews.tenant(Actor.HOST, copy), tx);
        } catch (SaasException e) {
            throw e;
        } catch (RuntimeException e) {
            throw failed(neutraliser.name(), "failed", e);
        }
    }

    static SaasException failed(String name, String what, @Nullable Throwable cause) {
        return new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.NEUTRALISER_FAILED,
                "Neutraliser " + name + " " + what + ", so there is no copy.",
                Map.of("neutraliser", name),
                false,
                cause);
    }
}
