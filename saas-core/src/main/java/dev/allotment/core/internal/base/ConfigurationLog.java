// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.base;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Logs each change of the control plane's own configuration in one line, without values: they may be secret. */
public final class ConfigurationLog {
    private static final Logger LOG = System.getLogger("dev.allotment.configuration");

    private ConfigurationLog() {}

    /**
     * Logs a change that has been stored.
     *
     * @param what such as {@code "Parameter x was set"}
     */
    public static void changed(Actor actor, String what) {
        LOG.log(Level.INFO, () -> what + ": by=" + actor.login());
    }
}
