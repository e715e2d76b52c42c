// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.maintenance;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CatalogGuard;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.feature.DueWork;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Runs due work, one part after the other; a part that fails does not keep the others from running. */
final class DueRounds {
    private static final Logger LOG = System.getLogger("dev.allotment.maintenance");

    private final CoreContext context;
    private final CatalogGuard catalogGuard;
    private final List<DueWork> work;
    private final PartStatistics partStatistics;

    DueRounds(CoreContext context, CatalogGuard catalogGuard, List<DueWork> work, PartStatistics partStatistics) {
        this.context = context;
        this.catalogGuard = catalogGuard;
        this.work = work;
        this.partStatistics = partStatistics;
    }

    /** Runs the work of these stages, and returns how much it has done. A copy of the catalog does nothing. */
    int run(Actor actor, DueWork.Stage first, DueWork.Stage last) {
        Set<DueWork.Stage> stages = EnumSet.range(first, last);
        Round round = new Round();
        for (DueWork each : work) {
            if (stages.contains(each.stage()) && !catalogGuard.isCopy()) {
                round.part(each, actor);
            }
        }
        return round.end();
    }

    void succeeded(String part) {
        partStatistics.succeeded(part, context.now());
    }

    private final class Round {
        private int done;
        private @Nullable Error error;
        /** The parts that were postponed in this round and not in the one before, by reason. */
        private final Map<String, List<String>> newlyPostponed = new LinkedHashMap<>();

        void part(DueWork due, Actor actor) {
            try {
                done += due.work().applyAsInt(actor);
                succeeded(due.part());
            } catch (RuntimeException e) {
                if (e instanceof SaasException known && known.code().equals(ErrorCodes.BACKEND_CLOSED)) {
                    throw e;
                }
                partStatistics.failed(due.part());
                if (e instanceof SaasException known && known.category() == ErrorCategory.UNAVAILABLE) {
                    postpone(due, String.valueOf(known.getMessage()));
                } else {
                    LOG.log(Level.ERROR, due.what() + " failed; a later call of the maintenance tries again", e);
                }
            } catch (Error e) {
                partStatistics.failed(due.part());
                LOG.log(Level.ERROR, due.what() + " failed", e);
                error = error == null ? e : error;
            }
        }

        /** An outage is the same for most parts, and may last for hours. */
        private void postpone(DueWork due, String why) {
            if (partStatistics.postponed(due.part(), why)) {
                newlyPostponed.computeIfAbsent(why, any -> new ArrayList<>()).add(due.what());
            }
        }

        int end() {
            newlyPostponed.forEach((why, parts) -> LOG.log(
                    Level.WARNING, "Postponed until it works again: " + why + " [" + String.join(", ", parts) + "]"));
            if (error != null) {
                throw error;
            }
            return done;
        }
    }
}
